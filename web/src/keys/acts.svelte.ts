import { untrack } from 'svelte'
import type { Shortcut } from './keys'

/** What the screen of the moment can do: each part of it says so while it is there. */
class Acts {
  private known = $state.raw<Partial<Record<Shortcut, readonly (() => void)[]>>>({})
  /** Single keys can be switched off: who dictates, or rests a hand on the keys, would set them off. */
  singleKeys = $state(typeof localStorage === 'undefined' || localStorage.getItem('alidash.keys') !== 'off')

  chooseSingleKeys(on: boolean): void {
    this.singleKeys = on
    localStorage.setItem('alidash.keys', on ? 'on' : 'off')
  }

  can = (shortcut: Shortcut): boolean => Boolean(this.known[shortcut]?.length)

  /** Does it, where it can be done now. */
  run(shortcut: Shortcut): boolean {
    const act = this.known[shortcut]?.at(-1)
    act?.()
    return act !== undefined
  }

  /** Offers an act; returns what takes it back. Of several who offer it, the last is asked. */
  offer(shortcut: Shortcut, act: () => void): () => void {
    this.change(shortcut, (offered) => [...offered, act])
    return () => this.change(shortcut, (offered) => offered.filter((other) => other !== act))
  }

  // Whoever offers from an effect must not be run again by what others offer.
  private change(shortcut: Shortcut, next: (offered: readonly (() => void)[]) => (() => void)[]): void {
    untrack(() => (this.known = { ...this.known, [shortcut]: next(this.known[shortcut] ?? []) }))
  }
}

export const acts = new Acts()
