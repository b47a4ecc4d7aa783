import { ask } from '../graphql/client'
import { asFailure, type Failure } from '../graphql/failure'
import type { Presence } from '../graphql/presence'
import { InboxEventsSubscription, InboxQuery } from '../graphql/queue'
import { resume } from '../graphql/resume'
import { link, open } from '../graphql/socket.svelte'
import { afterInboxEvent, afterReading, inboxOf, type Inbox, type InboxDelivery, type InboxEvent } from './inbox'

/**
 * My chats, followed live, whichever device or colleague changes them. Following them is what keeps a person present:
 * there is one of these for as long as somebody who attends has the panel open, on whatever page.
 */
export class LiveInbox {
  rows = $state.raw<Inbox>()
  error = $state.raw<Failure>()
  /** What came while the list was being read: the answer may be older than these. */
  private meanwhile: InboxEvent[] = []
  private newest = 0

  constructor(private told: (presence: Presence) => void) {
    $effect(() => {
      // Activity is state and is not replayed: after every new connection it is read again.
      void link.connections
      void this.load()
    })
    // Listen before reading: a chat assigned between the two would be lost.
    $effect(() =>
      resume<InboxDelivery>({
        cursor: null,
        open: (after, sink) =>
          open(InboxEventsSubscription, {}, (data: { inboxEvents: InboxDelivery }) => data.inboxEvents, after, sink),
        deliver: ({ event }) => {
          if (event.__typename === 'PresenceChanged') this.told(event.user.presence)
          this.meanwhile.push(event)
          this.rows = this.rows && afterInboxEvent(this.rows, event)
        },
        refetch: async () => {
          await this.load()
          return null
        },
      }),
    )
  }

  load = async (): Promise<void> => {
    const mine = ++this.newest
    this.error = undefined
    this.meanwhile = []
    try {
      const { viewer } = await ask(InboxQuery, {})
      if (mine !== this.newest) return
      this.rows = this.meanwhile.reduce(afterInboxEvent, inboxOf(viewer?.activeChats ?? []))
      const changed = this.meanwhile.some((event) => event.__typename === 'PresenceChanged')
      if (viewer && !changed) this.told(viewer.presence)
    } catch (problem) {
      if (mine === this.newest) this.error = asFailure(problem)
    }
  }

  read(chatId: string): void {
    this.rows = this.rows && afterReading(this.rows, chatId)
  }
}
