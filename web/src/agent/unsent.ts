import type { Pending } from './conversation'

/** Messages on their way stay with their chat until the server has them, even over a reload of this tab. */
const key = (chatId: string) => `alidash.unsent.${chatId}`

export function readUnsent(chatId: string): Pending[] {
  return JSON.parse(sessionStorage.getItem(key(chatId)) ?? '[]') as Pending[]
}

export function keepUnsent(chatId: string, messages: readonly Pending[]): void {
  if (messages.length) sessionStorage.setItem(key(chatId), JSON.stringify(messages))
  else sessionStorage.removeItem(key(chatId))
}
