import { tell } from '../graphql/client'
import { accepted, asFailure, type Failure } from '../graphql/failure'
import { SendMessageMutation, SetTypingMutation } from '../graphql/messages'
import { sentence } from '../texts/index'
import { withMessages, withPending, withoutPending, type Conversation, type Pending } from './conversation'
import { newId } from './newId'
import { keepUnsent, readUnsent } from './unsent'

type Apply = (change: (state: Conversation) => Conversation) => void

const waits = [500, 1_000, 2_000, 4_000, 8_000, 15_000]
const typingEvery = 3_000
/** A fault of the server's own may be this message's fault: it must not hold up the others for ever. */
const faultsBorne = 3

/** One for each chat, outside of any screen: leaving a conversation and coming back finds the same line of messages. */
const outboxes = new Map<string, Outbox>()

/** The outbox of a chat; `apply` is told of what becomes of its messages from now on. */
export function outboxOf(chatId: string, apply: Apply): Outbox {
  const outbox = outboxes.get(chatId) ?? new Outbox(chatId)
  outboxes.set(chatId, outbox)
  outbox.apply = apply
  return outbox
}

/** Nobody shows this chat any more: nothing of it is kept but what still waits to be sent. */
export function leaveOutbox(chatId: string, apply: Apply): void {
  const outbox = outboxes.get(chatId)
  // Whoever shows it next may have come before this one has gone.
  if (outbox?.apply !== apply) return
  outbox.apply = () => {}
  if (outbox.pending.length === 0) outboxes.delete(chatId)
}

/** Sends in the order written, one after the other; a repeat carries the same clientId, so nothing is written twice. */
export class Outbox {
  apply: Apply = () => {}
  private line: Promise<void> = Promise.resolve()
  private waiting: Map<string, Pending>
  private typedAt = 0
  private wake: () => void = () => {}

  constructor(private chatId: string) {
    const left = readUnsent(chatId)
    this.waiting = new Map(left.map((message) => [message.clientId, message]))
    for (const message of left) if (!message.failed) this.enqueue(message)
  }

  get pending(): Pending[] {
    return [...this.waiting.values()]
  }

  send(body: string, kind: Pending['kind']): void {
    this.typedAt = 0
    this.enqueue({ clientId: newId(), body, kind, sentAt: new Date().toISOString(), failed: null })
  }

  retry(message: Pending): void {
    this.enqueue({ ...message, failed: null })
  }

  discard(message: Pending): void {
    this.forget(message.clientId)
    this.apply((state) => withoutPending(state, message.clientId))
  }

  /** The connection is back: what waits for it need not wait any longer. */
  revive(): void {
    this.wake()
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

  private async deliver(message: Pending): Promise<void> {
    for (let attempt = 0; this.waiting.has(message.clientId); attempt++) {
      const failure = await this.attempt(message)
      if (!failure) return
      if (!failure.passing || (failure.code === 'INTERNAL' && attempt >= faultsBorne)) {
        this.note({ ...message, failed: sentence(failure) })
        return
      }
      await this.pause(waits[Math.min(attempt, waits.length - 1)]!)
    }
  }

  private async attempt({ body, clientId, kind }: Pending): Promise<Failure | null> {
    try {
      const answer = await tell(SendMessageMutation, { chatId: this.chatId, body, clientId, kind })
      const { message } = accepted(answer.sendMessage)
      this.forget(clientId)
      this.apply((state) => (message ? withMessages(state, [message]) : state))
      return null
    } catch (problem) {
      return asFailure(problem)
    }
  }

  private pause(wait: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, wait)
      this.wake = () => {
        clearTimeout(timer)
        done()
      }
    })
  }

  private note(message: Pending): void {
    this.waiting.set(message.clientId, message)
    keepUnsent(this.chatId, this.pending)
    this.apply((state) => withPending(state, message))
  }

  private forget(clientId: string): void {
    this.waiting.delete(clientId)
    keepUnsent(this.chatId, this.pending)
  }
}
