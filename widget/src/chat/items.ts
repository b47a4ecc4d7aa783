import { isClosed, type State } from './state';
import { button, h } from '../h';
import { failed, no, read, sending, sent, yes } from '../texts';
import { write } from './sending';

/** One row of the conversation as it is drawn. */
export interface Item {
  /** Stays the same from writing to reading, so that a screen reader hears a message once. */
  key: string;
  kind: 'day' | 'event' | 'text';
  body: string;
  at: Date;
  own?: boolean;
  name?: string;
  /** What became of an own message, in words. */
  mark?: string;
  /** Why it was refused. */
  reason?: string;
  /** What stands below it. */
  below?: Node | string;
}

/** How the clientId of a line begins that asks whether the connection is back. */
const QUESTION = /^recovery:/;
/** The answers to that, as long as nobody has written since. */
const answers = h('p.answers', {}, ...[yes, no].map((word) => button('answer', word, () => write(word))));

/** The rows of a conversation: messages by seq, then what waits, with a day before each new day. */
export function items({ messages, outbox, chat }: State): Item[] {
  const rows: Item[] = [];
  const asks = messages.filter(({ clientId }) => QUESTION.test(clientId || '')).at(-1);
  const since = asks && messages.some(({ seq, sender }) => seq > asks.seq && /CUSTOMER|AGENT/.test(sender));
  answers.hidden = !!(since || outbox[0] || isClosed({ chat }));
  let day = new Date().toDateString();
  const add = (item: Item) => {
    const key = item.at.toDateString();
    if (key != day) rows.push({ key, kind: 'day', body: '', at: item.at });
    day = key;
    rows.push(item);
  };
  for (const { id, clientId, kind, sender, senderName, body, seq, sentAt } of messages) {
    const own = sender == 'CUSTOMER';
    const mark = seq > chat!.agentReadSeq ? sent : read;
    add({ key: clientId || id, kind: kind == 'EVENT' ? 'event' : 'text', body, at: new Date(sentAt), own, name: senderName, mark: own ? mark : '', below: id == asks?.id ? answers : undefined });
  }
  for (const { clientId, body, at, refused } of outbox)
    add({ key: clientId, kind: 'text', body, at: new Date(at), own: true, mark: refused == null ? sending : failed, reason: refused });
  return rows;
}
