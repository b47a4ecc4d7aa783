export type Theme = 'dark' | 'light' | 'system'

const light = matchMedia('(prefers-color-scheme: light)')
const stored = localStorage.getItem('alidash.theme')

class ThemeChoice {
  current = $state<Theme>(stored === 'light' || stored === 'system' ? stored : 'dark')

  choose(theme: Theme): void {
    this.current = theme
    localStorage.setItem('alidash.theme', theme)
    this.apply()
  }

  apply(): void {
    const resolved = this.current === 'system' ? (light.matches ? 'light' : 'dark') : this.current
    document.documentElement.dataset.theme = resolved
  }
}

export const theme = new ThemeChoice()
theme.apply()
light.addEventListener('change', () => theme.apply())
