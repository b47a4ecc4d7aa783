import { ask, tell } from '../graphql/client'
import { asFailure, Failure } from '../graphql/failure'
import { ChatEventsSubscription, ConversationQuery } from '../graphql/conversations'
import { MarkReadMutation, OlderMessagesQuery } from '../graphql/messages'
import { resume } from '../graphql/resume'
import { link, open } from '../graphql/socket.svelte'
import {
  afterChatEvent,
  newestFromCustomer,
  withMessages,
  withOlder,
  type ChatDelivery,
  type Conversation,
} from './conversation'
import { leaveOutbox, outboxOf, type Outbox } from './outbox.svelte'

const typingShownFor = 5_000

/** One conversation, followed live. */
export class LiveConversation {
  state = $state.raw<Conversation>()
  error = $state.raw<Failure>()
  olderBusy = $state(false)
  olderFailed = $state(false)
  typing = $state<string | null>(null)
  readonly outbox: Outbox
  private typingTimer: ReturnType<typeof setTimeout> | undefined
  private leave = () => {}
  private gone = false
  private marked = 0

  constructor(readonly id: string) {
    const apply = (change: (state: Conversation) => Conversation) => {
      this.state = this.state && change(this.state)
    }
    this.outbox = outboxOf(id, apply)
    $effect(() => {
      if (link.connections) this.outbox.revive()
    })
    $effect(() => {
      void this.load()
      return () => {
        this.gone = true
        this.leave()
        clearTimeout(this.typingTimer)
        leaveOutbox(id, apply)
      }
    })
  }

  load = async (): Promise<void> => {
    this.error = undefined
    try {
      const cursor = await this.read()
      this.leave()
      if (!this.gone) this.follow(cursor)
    } catch (problem) {
      this.error = asFailure(problem)
    }
  }

  older = async (): Promise<void> => {
    const before = this.state?.older
    if (!before || this.olderBusy) return
    this.olderBusy = true
    this.olderFailed = false
    try {
      const { chat } = await ask(OlderMessagesQuery, { id: this.id, before })
      if (!chat || !this.state) return
      const { nodes, pageInfo } = chat.messages
      this.state = withOlder(this.state, nodes, pageInfo.hasPreviousPage ? pageInfo.startCursor : null)
    } catch {
      this.olderFailed = true
    } finally {
      this.olderBusy = false
    }
  }

  /** Tells the server that what the customer wrote has been seen. Says whether there was anything new. */
  markRead(): boolean {
    if (!this.state) return false
    const seq = newestFromCustomer(this.state)
    if (seq <= Math.max(this.marked, this.state.chat.agentReadSeq)) return false
    const before = this.marked
    this.marked = seq
    // A mark that got lost is set again with the next message.
    tell(MarkReadMutation, { chatId: this.id, seq }).catch(() => (this.marked = before))
    return true
  }

  private async read(): Promise<string> {
    const { chat } = await ask(ConversationQuery, { id: this.id })
    if (!chat) throw new Failure('NOT_FOUND')
    const { cursor, messages, ...head } = chat
    const older = messages.pageInfo.hasPreviousPage ? messages.pageInfo.startCursor : null
    const fresh = { chat: head, messages: [], older, pending: this.outbox.pending }
    this.state = withMessages(fresh, messages.nodes)
    // Read anew because a backup was restored, the numbers begin below what was marked before.
    this.marked = 0
    return cursor
  }

  private follow(cursor: string): void {
    this.leave = resume<ChatDelivery>({
      cursor,
      open: (after, sink) =>
        open(
          ChatEventsSubscription,
          { chatId: this.id },
          (data: { chatEvents: ChatDelivery }) => data.chatEvents,
          after,
          sink,
        ),
      deliver: ({ event }) => this.deliver(event),
      refetch: () => this.read(),
      stopped: (code) => (this.error = new Failure(code)),
    })
  }

  private deliver(event: ChatDelivery['event']): void {
    if (event.__typename === 'TypingShown') {
      if (event.by === 'CUSTOMER') this.showTyping(event.name)
      return
    }
    if (event.__typename === 'MessageSent' && event.message.sender === 'CUSTOMER') this.typing = null
    this.state = this.state && afterChatEvent(this.state, event)
  }

  private showTyping(name: string): void {
    this.typing = name
    clearTimeout(this.typingTimer)
    this.typingTimer = setTimeout(() => (this.typing = null), typingShownFor)
  }
}
