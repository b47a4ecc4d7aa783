import * as session from '../session/session';
import { keyOf } from '../session/storage';
import { become, current } from './current';
import { follow } from './following';
import { withOutgoing } from './reduce';
import { startOver } from './acting';
import { isClosed } from './state';

/** Another tab of the site changed what they share: the same chat, and what waits in it. */
export function shared(key: string | null) {
  if (!key?.startsWith(keyOf(''))) return;
  const { credentials, messages, outbox } = current();
  const now = session.credentials();
  if (now && now.token != credentials?.token) return follow(now);
  if (!now) return credentials && !isClosed(current()) && startOver();
  // Shown here, sent there: should that tab die, this one sends it after the next reconnection.
  for (const outgoing of session.outbox(now.chatId))
    if (![...outbox, ...messages].some(({ clientId }) => clientId == outgoing.clientId)) become(withOutgoing(current(), outgoing));
}
