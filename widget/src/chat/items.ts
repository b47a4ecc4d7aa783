import type { State } from './state';
import { failed, read, sending, sent } from '../texts';

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
}

/** The rows of a conversation: messages by seq, then what waits, with a day before each new day. */
export function items({ messages, outbox, chat }: State): Item[] {
  const rows: Item[] = [];
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
    add({ key: clientId || id, kind: kind == 'EVENT' ? 'event' : 'text', body, at: new Date(sentAt), own, name: senderName, mark: own ? mark : '' });
  }
  for (const { clientId, body, at, refused } of outbox)
    add({ key: clientId, kind: 'text', body, at: new Date(at), own: true, mark: refused == null ? sending : failed, reason: refused });
  return rows;
}
