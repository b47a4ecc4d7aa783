export interface Toast {
  id: number
  text: string
  tone: 'good' | 'bad'
}

class Toasts {
  shown = $state<Toast[]>([])
  private last = 0

  say(text: string, tone: Toast['tone'] = 'good'): void {
    const id = ++this.last
    this.shown.push({ id, text, tone })
    // Bad news stays longer: it is read, not just noticed.
    setTimeout(() => this.dismiss(id), tone === 'bad' ? 8000 : 4000)
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
