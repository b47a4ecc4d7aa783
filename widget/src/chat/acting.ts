import * as session from '../session/session';
import { CLOSE_CHAT, LOAD_CHAT, MARK_READ, RATE_CHAT, SET_TYPING } from '../transport/documents';
import { become, current } from './current';
import { askHere, leave } from './following';
import { withChat, withEarlier } from './reduce';
import { nothing, unread } from './state';

const TYPING_TOLD = 3_000;
const ignore = () => {};
let typingTold = 0;

/** Ends the chat; resolves to the server's sentence when it did not agree. */
export const closeChat = () => act(CLOSE_CHAT);

/** Rates the chat from 1 to 5; resolves like closeChat. */
export const rateChat = (score: number, comment: string) => act(RATE_CHAT, { score, comment: comment || undefined });

async function act(query: string, variables?: object): Promise<string | undefined> {
  const { chat, userErrors } = (await askHere(query, variables)).payload;
  if (chat) become(withChat(current(), chat));
  return userErrors[0]?.message;
}

/** Reads the messages before the first one shown. */
export async function showEarlier() {
  const { chat } = await askHere(LOAD_CHAT, { before: current().earlier });
  become(withEarlier(current(), chat.messages));
}

/** Tells the desk that all messages were seen. */
export function markRead() {
  const { credentials, chat, messages } = current();
  if (!credentials || !unread(current())) return;
  const { seq } = messages.at(-1)!;
  become(withChat(current(), { ...chat!, customerReadSeq: seq }));
  askHere(MARK_READ, { seq }).catch(ignore);
}

/** Tells the desk that the customer is writing, at most once in three seconds. */
export function markTyping() {
  if (!current().credentials || Date.now() - typingTold < TYPING_TOLD) return;
  typingTold = Date.now();
  askHere(SET_TYPING).catch(ignore);
}

/** Leaves the conversation for a new one. */
export function startOver() {
  const { credentials } = current();
  leave();
  if (credentials) session.forget(credentials.chatId);
  become(nothing);
}
