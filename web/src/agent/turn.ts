import type { Chat } from '../graphql/chats'
import type { Message } from '../graphql/messages'
import { parseDuration } from '../time/duration'

const later = (iso: string, ms: number) => new Date(Date.parse(iso) + ms).toISOString()

/**
 * Whose answer a chat awaits once this line was written, and until when. The server decides so too and says it with every
 * change of the chat; a line alone comes without the chat, so here its rule is followed until the next one.
 */
export function afterLine(chat: Chat, { sender, kind, sentAt }: Message): Chat {
  if (chat.kind === 'TICKET' || (chat.status !== 'ACTIVE' && chat.status !== 'BOT')) return chat
  const desk = chat.status === 'BOT' ? 'BOT' : 'AGENT'
  const warn = parseDuration(chat.department.warnAfter) ?? 0
  if (kind === 'EVENT')
    return warned(chat, sentAt, Math.max(0, (parseDuration(chat.department.closeAfter) ?? 0) - warn))
  if (kind === 'NOTE') return chat
  if (sender === desk) return { ...chat, awaiting: 'CUSTOMER', deadline: later(sentAt, warn), warnedAt: null }
  if (sender !== 'CUSTOMER' || chat.awaiting === desk) return chat
  return { ...chat, awaiting: desk, deadline: null, warnedAt: null }
}

/** What the desk says at the end of a customer's time is the warning: nothing else it says comes without the chat. */
function warned(chat: Chat, sentAt: string, rest: number): Chat {
  const due = chat.deadline !== null && Date.parse(chat.deadline) <= Date.parse(sentAt)
  const warns = due && chat.awaiting === 'CUSTOMER' && !chat.warnedAt
  return warns ? { ...chat, warnedAt: sentAt, deadline: later(sentAt, rest) } : chat
}

export type Turn = 'returns' | 'agent' | 'warns' | 'closes' | 'bot' | null

/** What is to be said of a chat in which nobody speaks: who owes the answer, and what happens at the deadline. */
export function turnOf(chat: Pick<Chat, 'kind' | 'status' | 'awaiting' | 'deadline' | 'warnedAt'>): Turn {
  if (chat.kind === 'TICKET' || (chat.status !== 'ACTIVE' && chat.status !== 'BOT')) return null
  if (chat.awaiting === 'CUSTOMER') return chat.warnedAt ? 'closes' : 'warns'
  if (chat.status === 'BOT') return 'bot'
  return chat.deadline ? 'returns' : 'agent'
}
