const every = 1_000

/** Many changes as few readings: at once for the first, and once more after a second for all that came meanwhile. */
export class Storm {
  private timer: ReturnType<typeof setTimeout> | undefined
  private again = false

  constructor(private read: () => void) {}

  moved(): void {
    this.again = this.timer !== undefined
    if (this.again) return
    this.read()
    this.timer = setTimeout(() => {
      this.timer = undefined
      if (this.again) this.moved()
    }, every)
  }

  end(): void {
    clearTimeout(this.timer)
  }
}
