import { tick, untrack } from 'svelte'
import type { Conversation } from './conversation'

const nearEnd = 80
const nearStart = 200

/** Where the reader is in a conversation: stays at the end while there, and where it is when earlier messages come in. */
export class ScrollKeeper {
  /** The reader scrolled up. */
  away = $state(false)
  /** Messages that came below meanwhile. */
  fresh = $state(0)
  private box: HTMLElement | undefined

  constructor(
    private read: () => Conversation,
    private older: () => Promise<void>,
    private seen: () => void,
  ) {
    let last = 0
    let sending = 0
    $effect(() => {
      const { messages, pending } = this.read()
      const newest = messages.at(-1)?.seq ?? 0
      const came = messages.filter((message) => message.seq > last).length
      const wrote = pending.length > sending
      untrack(() => {
        // What I write myself I want to see; what others write waits below while I read above.
        if (!this.away || wrote) this.toEnd(false)
        else if (last) this.fresh += came
      })
      last = newest
      sending = pending.length
    })
  }

  attach = (box: HTMLElement): (() => void) => {
    this.box = box
    // Untracked, or every new message would attach anew and throw the reader to the end.
    untrack(() => this.toEnd(false))
    const scrolled = () => this.look()
    // A keyboard that slides in, or a growing composer, makes the box smaller: the end stays in view.
    const resized = new ResizeObserver(() => this.away || this.toEnd(false))
    box.addEventListener('scroll', scrolled, { passive: true })
    resized.observe(box)
    return () => {
      box.removeEventListener('scroll', scrolled)
      resized.disconnect()
    }
  }

  toEnd(smooth: boolean): void {
    this.box?.scrollTo({ top: this.box.scrollHeight, behavior: smooth ? 'smooth' : 'instant' })
    this.look()
  }

  look(): void {
    const { box } = this
    if (!box) return
    this.away = box.scrollHeight - box.scrollTop - box.clientHeight > nearEnd
    if (!this.away) {
      this.fresh = 0
      if (document.visibilityState === 'visible' && document.hasFocus()) this.seen()
    }
    if (box.scrollTop < nearStart && this.read().older) void this.fetchOlder(box)
  }

  private fetching = false

  private async fetchOlder(box: HTMLElement): Promise<void> {
    if (this.fetching) return
    this.fetching = true
    const first = this.read().messages[0]?.id
    const fromEnd = box.scrollHeight - box.scrollTop
    await this.older()
    await tick()
    if (this.read().messages[0]?.id !== first) box.scrollTop = box.scrollHeight - fromEnd
    this.fetching = false
  }
}
