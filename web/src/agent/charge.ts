import type { Chat } from '../graphql/chats'
import type { Viewer } from '../graphql/session'

export type Act = 'transfer' | 'return' | 'ticket' | 'new' | 'close'

/** May change this chat: who attends it, and who manages the queue. A bot's chat is the bot's, an ended one nobody's. */
export function inCharge(chat: Chat, viewer: Pick<Viewer, 'id' | 'permissions'>): boolean {
  if (chat.status !== 'ACTIVE' && chat.status !== 'WAITING') return false
  const mine = chat.status === 'ACTIVE' && chat.agent?.id === viewer.id
  return mine || viewer.permissions.includes('QUEUE_MANAGE')
}

/** Of whom something may still be changed: neither erased, nor out of sight until they are. */
export const inUse = (customer: Pick<NonNullable<Chat['customer']>, 'erasedAt' | 'restrictedUntil'>): boolean =>
  !customer.erasedAt && !customer.restrictedUntil

/** What this person can do with this chat now, in the order of the menu. */
export function actsOn(chat: Chat, viewer: Pick<Viewer, 'id' | 'permissions'>): Act[] {
  // A ticket for the same customer is nothing that happens to this chat.
  const beside: Act[] =
    chat.customer && inUse(chat.customer) && viewer.permissions.includes('CHAT_ATTEND') ? ['new'] : []
  if (!inCharge(chat, viewer)) return beside
  const acts: Act[] = ['transfer']
  if (chat.status === 'ACTIVE') acts.push('return')
  if (chat.kind === 'CHAT') acts.push('ticket')
  return [...acts, ...beside, 'close']
}
