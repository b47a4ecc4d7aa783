import { ask, tell } from '../graphql/client'
import { asFailure, type Failure } from '../graphql/failure'
import {
  MarkNotificationsReadMutation,
  NotificationEventsSubscription,
  NotificationsQuery,
  type Notice,
  type NoticeDelivery,
} from '../graphql/notifications'
import { resume } from '../graphql/resume'
import { link, open } from '../graphql/socket.svelte'
import { afterNotice, afterReading, noticesOf, withNewest, withOlder, type Notices } from './notices'

/** What I should look at, followed live. */
export class LiveNotices {
  state = $state.raw<Notices>()
  error = $state.raw<Failure>()
  loadingMore = $state(false)
  /** What came while the list was being read: the answer may be older than these. */
  private meanwhile: Notice[] = []
  private newest = 0

  constructor(private came: (notice: Notice) => void) {
    $effect(() => {
      // That something was read elsewhere is no event: after every new connection it is read again.
      if (link.connections) void this.load()
    })
    $effect(() =>
      resume<NoticeDelivery>({
        cursor: null,
        open: (after, sink) => {
          const pick = (data: { notificationEvents: NoticeDelivery }) => data.notificationEvents
          const leave = open(NotificationEventsSubscription, {}, pick, after, sink)
          // Listen before reading: a notification between the two would be lost.
          if (after() === null) void this.load()
          return leave
        },
        deliver: ({ notification }) => this.deliver(notification),
        refetch: async () => null,
      }),
    )
  }

  load = async (): Promise<void> => {
    const mine = ++this.newest
    this.error = undefined
    this.meanwhile = []
    try {
      const page = await ask(NotificationsQuery, {})
      if (mine !== this.newest) return
      this.state = this.meanwhile.reduce(afterNotice, this.state ? withNewest(this.state, page) : noticesOf(page))
    } catch (problem) {
      if (mine === this.newest) this.error = asFailure(problem)
    }
  }

  more = async (): Promise<void> => {
    const after = this.state?.next
    if (!after || this.loadingMore) return
    this.loadingMore = true
    try {
      const page = await ask(NotificationsQuery, { after })
      if (this.state?.next === after) this.state = withOlder(this.state, page)
    } catch (problem) {
      this.error = asFailure(problem)
    } finally {
      this.loadingMore = false
    }
  }

  /** I looked at these; null stands for all. */
  async read(ids: readonly string[] | null): Promise<void> {
    if (!this.state) return
    const before = this.state
    this.state = afterReading(before, ids, new Date().toISOString())
    if (this.state.unread === before.unread) return
    // An answer that is on its way shows them unread still.
    this.newest++
    await tell(MarkNotificationsReadMutation, { ids: ids && [...ids] }).catch(() => this.load())
  }

  private deliver(notice: Notice): void {
    const known = this.state?.rows.some(({ id }) => id === notice.id)
    this.meanwhile.push(notice)
    this.state = this.state && afterNotice(this.state, notice)
    if (!known) this.came(notice)
  }
}
