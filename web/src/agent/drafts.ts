/** What is being written stays with its chat until it is sent, even over a reload of this tab. */
const key = (chatId: string) => `alidash.draft.${chatId}`

export const readDraft = (chatId: string): string => sessionStorage.getItem(key(chatId)) ?? ''

export function keepDraft(chatId: string, text: string): void {
  if (text) sessionStorage.setItem(key(chatId), text)
  else sessionStorage.removeItem(key(chatId))
}
