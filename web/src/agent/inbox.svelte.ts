import { ask } from '../graphql/client'
import { asFailure, type Failure } from '../graphql/failure'
import type { Presence } from '../graphql/presence'
import { InboxEventsSubscription, InboxQuery } from '../graphql/queue'
import { resume } from '../graphql/resume'
import { open } from '../graphql/socket.svelte'
import { afterInboxEvent, afterReading, inboxOf, type Inbox, type InboxDelivery, type InboxEvent } from './inbox'

/**
 * My chats, followed live, whichever device or colleague changes them. Following them is what keeps a person present:
 * there is one of these for as long as somebody who attends has the panel open, on whatever page.
 */
export class LiveInbox {
  rows = $state.raw<Inbox>()
  error = $state.raw<Failure>()
  /** What came while the list is being read: the answer may be older than these. */
  private meanwhile: InboxEvent[] | null = null
  private newest = 0

  constructor(private told: (presence: Presence) => void) {
    void this.load()
    $effect(() =>
      resume<InboxDelivery>({
        cursor: null,
        open: (after, sink) =>
          open(InboxEventsSubscription, {}, (data: { inboxEvents: InboxDelivery }) => data.inboxEvents, after, sink),
        deliver: ({ event }) => {
          this.meanwhile?.push(event)
          this.rows = this.rows && afterInboxEvent(this.rows, event)
          if (event.__typename !== 'PresenceChanged') return
          this.told(event.user.presence)
          // Every stream begins with one: what is read from here on misses no chat, and has the activity of before.
          void this.load()
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
    const meanwhile: InboxEvent[] = (this.meanwhile = [])
    try {
      const { viewer } = await ask(InboxQuery, {})
      if (mine !== this.newest) return
      this.meanwhile = null
      this.rows = meanwhile.reduce(afterInboxEvent, inboxOf(viewer?.activeChats ?? []))
      if (viewer) this.told(viewer.presence)
    } catch (problem) {
      if (mine !== this.newest) return
      this.meanwhile = null
      this.error = asFailure(problem)
    }
  }

  read(chatId: string): void {
    this.rows = this.rows && afterReading(this.rows, chatId)
  }
}
