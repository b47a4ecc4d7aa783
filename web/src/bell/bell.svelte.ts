import { untrack } from 'svelte'
import type { LiveInbox } from '../agent/inbox.svelte'
import { router } from '../app/router.svelte'
import { openableBy } from '../app/routes'
import { session } from '../app/session.svelte'
import type { Notice } from '../graphql/notifications'
import { attention } from './attention.svelte'
import { callsFor, rings } from './calling'
import { chime } from './chime.svelte'
import { desktop } from './desktop.svelte'
import { LiveNotices } from './notices.svelte'
import { unreadOf } from './notices'
import { countInTitle } from './title'

const settleAfter = 2_000
const settleEvery = 30_000

/** The bell: what I was told, and how I am called to it. */
export class Bell {
  readonly notices = new LiveNotices((notice) => this.call(notice))
  readonly unread = $derived(this.notices.state?.unread ?? 0)
  /** What came last, for those who hear the page. */
  heard = $state.raw<Notice>()
  private openChat = $derived(router.route.page === 'attend' ? router.route.chatId : null)
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(inbox: LiveInbox | null) {
    $effect(() => countInTitle(this.unread))
    $effect(() => this.lookAtOpenChat())
    $effect(() => {
      // Reading a chat settles what was told of it, in whichever tab; the inbox hears of that.
      if (inbox?.rows) untrack(() => this.settle(settleAfter))
    })
    $effect(() => {
      // A colleague who takes a waiting chat settles what I was told of it, and no event says so.
      const timer = setInterval(() => this.settle(0), settleEvery)
      return () => {
        clearInterval(timer)
        clearTimeout(this.timer)
      }
    })
  }

  open(notice: Notice): void {
    void this.notices.read([notice.id])
    const path = openableBy(session.may, notice.link)
    if (path) router.go(path)
  }

  private lookAtOpenChat(): void {
    const { state } = this.notices
    if (!state || !this.openChat || attention.hidden || !attention.focused) return
    const ids = unreadOf(state, this.openChat)
    if (ids.length) void untrack(() => this.notices.read(ids))
  }

  /** Only what is unread can be settled, and many events at once ask once. */
  private settle(wait: number): void {
    if (!this.unread || this.timer) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      void this.notices.load()
    }, wait)
  }

  private call(notice: Notice): void {
    const gaze = { hidden: attention.hidden, openChat: this.openChat }
    if (!callsFor(notice, gaze)) return
    this.heard = notice
    if (rings(notice, gaze)) chime.ring()
    desktop.show(notice, () => this.open(notice))
  }
}
