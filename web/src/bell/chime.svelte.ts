import { mayRing } from './calling'

const chosen = 'alidash.sound'
/** Shared by all tabs of this browser, so that one event does not ring in each of them. */
const rangAt = 'alidash.rang'

/** A short soft tone of our own making. Browsers let nothing sound before somebody touched the page. */
class Chime {
  on = $state(localStorage.getItem(chosen) !== 'off')
  private context: AudioContext | undefined

  constructor() {
    addEventListener('pointerdown', this.arm, { passive: true })
    addEventListener('keydown', this.arm, { passive: true })
  }

  choose(on: boolean): void {
    this.on = on
    localStorage.setItem(chosen, on ? 'on' : 'off')
    if (on) void this.play()
  }

  ring(): void {
    const now = Date.now()
    if (!this.on || !this.context || !mayRing(Number(localStorage.getItem(rangAt) ?? 0), now)) return
    localStorage.setItem(rangAt, String(now))
    void this.play()
  }

  private arm = async (): Promise<void> => {
    this.context ??= new AudioContext()
    await this.context.resume()
    removeEventListener('pointerdown', this.arm)
    removeEventListener('keydown', this.arm)
    // Nothing is kept running between two tones.
    await this.context.suspend()
  }

  private async play(): Promise<void> {
    const { context } = this
    if (!context) return
    await context.resume()
    const start = context.currentTime + 0.02
    tone(context, 660, start)
    const last = tone(context, 880, start + 0.14)
    last.onended = () => void context.suspend()
  }
}

function tone(context: AudioContext, frequency: number, start: number): OscillatorNode {
  const oscillator = new OscillatorNode(context, { type: 'sine', frequency })
  const volume = new GainNode(context, { gain: 0 })
  volume.gain.setValueAtTime(0, start)
  volume.gain.linearRampToValueAtTime(0.12, start + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, start + 0.4)
  oscillator.connect(volume).connect(context.destination)
  oscillator.start(start)
  oscillator.stop(start + 0.42)
  return oscillator
}

export const chime = new Chime()
