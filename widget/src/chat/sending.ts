import * as session from '../session/session';
import { newId } from '../new-id';
import { backoff } from '../transport/backoff';
import { GONE, REFUSED } from '../transport/codes';
import { SEND_MESSAGE } from '../transport/documents';
import { become, current } from './current';
import { askHere, giveBack, gone, wake } from './following';
import type { Message } from './state';
import { withClosed, withMessages, withOutgoing, withRefusal } from './reduce';

let busy = false;
let failures = 0;
let pause: ReturnType<typeof setTimeout> | undefined;

/** Sends what waits, one at a time and in order, with the same clientId until the server has answered for good. */
export async function flush(): Promise<void> {
  const { credentials, outbox } = current();
  const outgoing = outbox.find(({ refused }) => refused == null);
  if (busy || !outgoing || !credentials) return;
  clearTimeout(pause);
  busy = true;
  const { message, code, reason } = await deliver(outgoing);
  busy = false;
  // Another tab may have opened the next chat meanwhile: this answer is not about it.
  if (current().credentials?.token != credentials.token) return flush();
  if (message) become(withMessages(current(), [message]));
  else if (GONE.test(code)) gone(credentials.token);
  else if (code == 'CHAT_CLOSED') close();
  else if (REFUSED.test(code)) become(withRefusal(current(), outgoing.clientId, reason));
  else return later();
  failures = 0;
  return flush();
}

function later() {
  pause = setTimeout(flush, backoff(failures++));
}

function close() {
  giveBack();
  become(withClosed(current()));
}

async function deliver({ clientId, body }: session.Outgoing): Promise<{ message?: Message; code: string; reason: string }> {
  try {
    const { message, userErrors } = (await askHere(SEND_MESSAGE, { clientId, body })).payload;
    return { message, code: userErrors[0]?.code, reason: userErrors[0]?.message };
  } catch (code) {
    return { code: `${code}`, reason: '' };
  }
}

/** Writes a message; it shows at once and survives F5. With a clientId, a refused one is tried again. */
export function write(body: string, clientId = newId()) {
  const outgoing = { clientId, body, at: Date.now() };
  session.keepOutgoing(current().credentials!.chatId, outgoing);
  become(withOutgoing(current(), outgoing));
  wake();
}
