import { draft, setDraft } from '../session/draft';
import * as session from '../session/session';
import { locale } from '../settings';
import { ask } from '../transport/ask';
import { GONE } from '../transport/codes';
import { CHAT_EVENTS, LOAD_CHAT } from '../transport/documents';
import { followChat } from '../transport/live';
import { become, current } from './current';
import type { Delivery } from './events';
import { withDelivery, withLoaded, withTokenEnded } from './reduce';
import { flush } from './sending';
import { nothing } from './state';

const TYPING_SHOWN = 5_000;

let live: ReturnType<typeof followChat> | undefined;
let typingEnds: ReturnType<typeof setTimeout> | undefined;

/** Asks about the chat at hand; a token that opens it no more ends the conversation. */
export async function askHere(query: string, variables: object = {}): Promise<any> {
  const { chatId, token } = current().credentials!;
  try {
    return await ask(query, { id: chatId, ...variables }, token);
  } catch (code) {
    if (GONE.test(code as string)) gone(token);
    throw code;
  }
}

/** The token ended: forgets the chat, unless another one is at hand by now. */
export function gone(token: string) {
  const { credentials } = current();
  if (credentials?.token != token) return;
  leave();
  giveBack();
  become(withTokenEnded(current()));
  session.forget(credentials.chatId);
}

/** What was not sent goes back to its writer. */
export const giveBack = () => setDraft([draft(), ...current().outbox.map(({ body }) => body)].filter(Boolean).join('\n'));

/** Takes up a chat: what waits in its outbox, its messages, and all that happens from now on. */
export function follow(credentials: session.Credentials) {
  const { chatId, token } = credentials;
  leave();
  become({ ...nothing, credentials, outbox: session.outbox(chatId) });
  live = followChat({
    async load() {
      const asked = current();
      const { chat } = await askHere(LOAD_CHAT);
      if (current().credentials?.token != token) return;
      if (!chat) return gone(token);
      become(withLoaded(current(), chat, asked));
      flush();
    },
    init: { token, locale },
    subscription: () => ({ query: CHAT_EVENTS, variables: { id: chatId, after: current().cursor } }),
    resumable: () => !!current().cursor,
    resync: () => become({ ...current(), cursor: undefined }),
    next: ({ chatEvents }) => delivered(chatEvents),
    linked(link) {
      if (link != current().link) become({ ...current(), link });
      if (link == 'live') flush();
    },
    gone: () => gone(token),
  });
}

function delivered(delivery: Delivery) {
  become(withDelivery(current(), delivery));
  clearTimeout(typingEnds);
  typingEnds = setTimeout(() => current().typing && become({ ...current(), typing: undefined }), TYPING_SHOWN);
}

/** Stops following. */
export const leave = () => live?.stop();

/** Something happened that makes trying again worth while. */
export function wake() {
  live?.kick();
  flush();
}
