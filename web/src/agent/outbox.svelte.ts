import { tell } from '../graphql/client'
import { accepted, asFailure } from '../graphql/failure'
import { SendMessageMutation, SetTypingMutation } from '../graphql/messages'
import { sentence } from '../texts/index'
import { withMessages, withPending, withoutPending, type Conversation, type Pending } from './conversation'
import { newId } from './newId'

type Apply = (change: (state: Conversation) => Conversation) => void

const waits = [1_000, 3_000, 8_000]
const typingEvery = 3_000

/** By chat and clientId, outside of any screen: leaving a conversation and coming back must not lose what was not sent. */
const unsent = new Map<string, Map<string, Pending>>()

/** Sends in the order written, one after the other; a repeat carries the same clientId, so nothing is written twice. */
export class Outbox {
  private line: Promise<void> = Promise.resolve()
  private waiting: Map<string, Pending>
  private typedAt = 0

  constructor(
    private chatId: string,
    private apply: Apply,
  ) {
    this.waiting = unsent.get(chatId) ?? new Map()
    unsent.set(chatId, this.waiting)
  }

  get pending(): Pending[] {
    return [...this.waiting.values()]
  }

  send(body: string, kind: Pending['kind']): void {
    this.typedAt = 0
    this.enqueue({ clientId: newId(), body, kind, sentAt: new Date().toISOString(), failed: null, retriable: false })
  }

  retry(message: Pending): void {
    this.enqueue({ ...message, failed: null, retriable: false })
  }

  discard(message: Pending): void {
    this.waiting.delete(message.clientId)
    this.apply((state) => withoutPending(state, message.clientId))
  }

  /** The connection is back: what failed for want of it goes out by itself. */
  revive(): void {
    for (const message of this.pending) if (message.retriable) this.retry(message)
  }

  typing(): void {
    if (Date.now() - this.typedAt < typingEvery) return
    this.typedAt = Date.now()
    // Typing may be dropped; nobody waits for it.
    tell(SetTypingMutation, { chatId: this.chatId }).catch(() => {})
  }

  private enqueue(message: Pending): void {
    this.note(message)
    this.line = this.line.then(() => this.deliver(message))
  }

  private async deliver(message: Pending, attempt = 0): Promise<void> {
    const { body, clientId, kind } = message
    try {
      const sent = accepted(
        (await tell(SendMessageMutation, { chatId: this.chatId, body, clientId, kind })).sendMessage,
      )
      this.waiting.delete(clientId)
      this.apply((state) => (sent.message ? withMessages(state, [sent.message]) : state))
    } catch (problem) {
      const failure = asFailure(problem)
      const wait = waits[attempt]
      if (failure.passing && wait !== undefined) {
        await new Promise((done) => setTimeout(done, wait))
        return this.deliver(message, attempt + 1)
      }
      this.note({ ...message, failed: sentence(failure), retriable: failure.passing })
    }
  }

  private note(message: Pending): void {
    this.waiting.set(message.clientId, message)
    this.apply((state) => withPending(state, message))
  }
}
