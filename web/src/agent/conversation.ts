import type { ChatEventsSubscription } from '../graphql/conversations'
import type { Chat } from '../graphql/chats'
import type { Message } from '../graphql/messages'
import type { ResultOf } from '../graphql/tada'
import { afterLine } from './turn'

export type ChatDelivery = ResultOf<typeof ChatEventsSubscription>['chatEvents']
export type ChatEvent = ChatDelivery['event']

/** A message on its way: it has no seq until the server has written it. */
export interface Pending {
  readonly clientId: string
  readonly body: string
  readonly kind: 'TEXT' | 'NOTE'
  readonly sentAt: string
  /** Why the server refused it; null while it is being tried, however long that takes. */
  readonly failed: string | null
}

export interface Conversation {
  readonly chat: Chat
  readonly messages: readonly Message[]
  readonly pending: readonly Pending[]
  /** Where the messages before the first one shown begin; null at the very beginning. */
  readonly older: string | null
}

/** Each message once, in the order of the chat, wherever it came from. */
export function withMessages(state: Conversation, incoming: readonly Message[]): Conversation {
  const byId = new Map(state.messages.map((message) => [message.id, message]))
  for (const message of incoming) byId.set(message.id, message)
  const arrived = new Set(incoming.map((message) => message.clientId))
  return {
    ...state,
    messages: [...byId.values()].sort((a, b) => a.seq - b.seq),
    pending: state.pending.filter((message) => !arrived.has(message.clientId)),
  }
}

export function withOlder(state: Conversation, older: readonly Message[], next: string | null): Conversation {
  return { ...withMessages(state, older), older: next }
}

export function withPending(state: Conversation, message: Pending): Conversation {
  const delivered = state.messages.some((known) => known.clientId === message.clientId)
  if (delivered) return state
  const known = state.pending.some((other) => other.clientId === message.clientId)
  const pending = known
    ? state.pending.map((other) => (other.clientId === message.clientId ? message : other))
    : [...state.pending, message]
  return { ...state, pending }
}

export function withoutPending(state: Conversation, clientId: string): Conversation {
  return { ...state, pending: state.pending.filter((message) => message.clientId !== clientId) }
}

/** Read marks only ever move forward, whatever order their news come in. */
function withChat(state: Conversation, chat: Chat): Conversation {
  return {
    ...state,
    chat: {
      ...chat,
      customerReadSeq: Math.max(chat.customerReadSeq, state.chat.customerReadSeq),
      agentReadSeq: Math.max(chat.agentReadSeq, state.chat.agentReadSeq),
    },
  }
}

export function afterChatEvent(state: Conversation, event: ChatEvent): Conversation {
  switch (event.__typename) {
    case 'MessageSent':
      return withMessages({ ...state, chat: afterLine(state.chat, event.message) }, [event.message])
    case 'MessagesRead':
      return withChat(state, {
        ...state.chat,
        [event.by === 'CUSTOMER' ? 'customerReadSeq' : 'agentReadSeq']: event.seq,
      })
    case 'ChatChanged':
    case 'ChatEnded':
      return withChat(state, event.chat)
    default:
      return state
  }
}

/** The newest message of the customer, which is what an agent's read mark is set to. */
export function newestFromCustomer(state: Conversation): number {
  return state.messages.findLast((message) => message.sender === 'CUSTOMER')?.seq ?? 0
}
