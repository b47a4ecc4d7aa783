import { ask } from '../graphql/client'
import { asFailure, type Failure } from '../graphql/failure'
import { InboxEventsSubscription, InboxQuery } from '../graphql/queue'
import { resume } from '../graphql/resume'
import { link, open } from '../graphql/socket.svelte'
import { afterInboxEvent, afterReading, inboxOf, type Inbox, type InboxDelivery, type InboxEvent } from './inbox'

/** My chats, followed live, whichever device or colleague changes them. */
export class LiveInbox {
  rows = $state.raw<Inbox>()
  error = $state.raw<Failure>()
  /** What came while the list was being read: the answer may be older than these. */
  private meanwhile: InboxEvent[] = []
  private newest = 0

  constructor() {
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
      const chats = (await ask(InboxQuery, {})).viewer?.activeChats ?? []
      if (mine === this.newest) this.rows = this.meanwhile.reduce(afterInboxEvent, inboxOf(chats))
    } catch (problem) {
      if (mine === this.newest) this.error = asFailure(problem)
    }
  }

  read(chatId: string): void {
    this.rows = this.rows && afterReading(this.rows, chatId)
  }
}
