import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../src/chat/events';
import { withChat, withClosed, withDelivery, withEarlier, withLoaded, withMessages, withOutgoing, withRefusal, withTokenEnded } from '../src/chat/reduce';
import { nothing, reopensFor, unread, type State } from '../src/chat/state';
import { chat, message, page, talking } from './examples';

const outgoing = (clientId: string, at = 1) => ({ clientId, body: clientId, at });
const seqs = (state: State) => state.messages.map(({ seq }) => seq);
const deliver = (state: State, event: ChatEvent, cursor: string | null = '1') => withDelivery(state, { cursor, event });
const sent = (seq: number, given = {}): ChatEvent => ({ __typename: 'MessageSent', message: message(seq, given) });

describe('messages', () => {
  test('are ordered by seq, whatever order they arrive in', () => {
    expect(seqs(withMessages(withMessages(talking(), [message(3)]), [message(1), message(2)]))).toEqual([1, 2, 3]);
  });

  test('delivered twice are shown once', () => {
    const once = deliver(talking(), sent(1));
    expect(seqs(deliver(once, sent(1)))).toEqual([1]);
  });

  test('may leave holes, where the staff keeps its notes', () => {
    expect(seqs(withMessages(talking(), [message(1), message(5)]))).toEqual([1, 5]);
  });

  test('of one replayed stream give the same conversation as of the stream heard live', () => {
    const events = [sent(1), sent(2, { sender: 'CUSTOMER', clientId: 'a' }), sent(4)];
    const live = events.reduce((state, event, i) => deliver(state, event, `${i}`), talking());
    const replayed = [...events, ...events.slice(1)].reduce((state, event) => deliver(state, event, '2'), talking());
    expect(replayed).toEqual({ ...live, cursor: '2' });
  });
});

describe('an own message', () => {
  const written = withOutgoing(talking(), outgoing('a'));

  test('shows at once, before the server knows it', () => {
    expect(written.outbox).toEqual([outgoing('a')]);
  });

  test('leaves the outbox when the answer comes, and the delivery after it adds nothing', () => {
    const mine = { sender: 'CUSTOMER', clientId: 'a' } as const;
    const answered = withMessages(written, [message(1, mine)]);
    expect(answered.outbox).toEqual([]);
    expect(seqs(deliver(answered, sent(1, mine)))).toEqual([1]);
  });

  test('leaves the outbox when the delivery overtakes the answer', () => {
    expect(deliver(written, sent(1, { sender: 'CUSTOMER', clientId: 'a' })).outbox).toEqual([]);
  });

  test('leaves the outbox when it is found in a page read after F5', () => {
    const loaded = withLoaded(written, { ...chat(), cursor: '9', messages: page([message(1, { clientId: 'a' })]) });
    expect([loaded.outbox, loaded.cursor]).toEqual([[], '9']);
  });

  test('stays marked when it is refused, and is tried again under its own id at the end of the line', () => {
    const refused = withRefusal(withOutgoing(written, outgoing('b')), 'a', 'Texto recusado.');
    expect(refused.outbox[0]).toEqual({ ...outgoing('a'), refused: 'Texto recusado.' });
    expect(withOutgoing(refused, outgoing('a', 2)).outbox).toEqual([outgoing('b'), outgoing('a', 2)]);
  });
});

describe('a page read again', () => {
  const known = withMessages(talking({ earlier: 'before 1' }), [message(1), message(2)]);
  const load = (nodes: ReturnType<typeof message>[], more: boolean) => withLoaded(known, { ...chat(), cursor: '9', messages: page(nodes, more) });

  test('joins what is known', () => {
    const loaded = load([message(2), message(3)], true);
    expect([seqs(loaded), loaded.earlier]).toEqual([[1, 2, 3], 'before 1']);
  });

  test('drops what a restored backup does not hold, with its read marks, but not what came meanwhile', () => {
    const ahead = withMessages(withChat(known, chat({ agentReadSeq: 4 })), [message(3), message(4)]);
    const meanwhile = withMessages(ahead, [message(5)]);
    const loaded = withLoaded(meanwhile, { ...chat({ agentReadSeq: 2 }), cursor: '9', messages: page([message(2)]) }, ahead);
    expect([seqs(loaded), loaded.chat!.agentReadSeq, loaded.earlier]).toEqual([[1, 2, 5], 2, 'before 1']);
  });

  test('replaces what is known rather than hide a gap', () => {
    const loaded = load([message(60), message(61)], true);
    expect([seqs(loaded), loaded.earlier]).toEqual([[60, 61], 'before 60']);
  });

  test('of older messages goes before, and ends the offer when it is the first', () => {
    const all = withEarlier(talking({ messages: [message(3)], earlier: 'before 3' }), page([message(1), message(2)]));
    expect([seqs(all), all.earlier]).toEqual([[1, 2, 3], undefined]);
  });
});

describe('read marks', () => {
  test('move forward only', () => {
    const read = deliver(talking(), { __typename: 'MessagesRead', by: 'AGENT', seq: 4 });
    const late = deliver(read, { __typename: 'MessagesRead', by: 'AGENT', seq: 2 });
    expect(late.chat!.agentReadSeq).toBe(4);
    expect(deliver(late, { __typename: 'ChatChanged', chat: chat() }).chat!.agentReadSeq).toBe(4);
  });

  test('of the customer clear the count of unread messages, which counts neither events nor own messages', () => {
    const messages = [message(1), message(2, { kind: 'EVENT', sender: 'SYSTEM' }), message(3, { sender: 'CUSTOMER' }), message(4, { sender: 'BOT' })];
    const state = talking({ messages });
    expect(unread(state)).toBe(2);
    expect(unread(deliver(state, { __typename: 'MessagesRead', by: 'CUSTOMER', seq: 4 }))).toBe(0);
  });
});

describe('what is never replayed', () => {
  test('does not move the cursor', () => {
    expect(deliver(talking({ cursor: '7' }), { __typename: 'TypingShown', by: 'AGENT', name: 'Ana' }, null)).toMatchObject({ cursor: '7', typing: 'Ana' });
    expect(deliver(talking({ cursor: '7' }), { __typename: 'PositionMoved', position: 2, estimatedWait: null }, null)).toMatchObject({ cursor: '7', chat: { position: 2 } });
  });

  test('typing ends with the message, and one does not see oneself type', () => {
    expect(deliver(talking({ typing: 'Ana' }), sent(1)).typing).toBeUndefined();
    expect(deliver(talking(), { __typename: 'TypingShown', by: 'CUSTOMER', name: 'Eu' }, null).typing).toBeUndefined();
  });
});

describe('the end of the token', () => {
  test('leaves what is on screen to be read', () => {
    expect(withTokenEnded(talking({ messages: [message(1)] }))).toMatchObject({ over: true, credentials: undefined, messages: [{ seq: 1 }], chat: { status: 'CLOSED' } });
  });

  test('leads to the form when nothing is on screen yet', () => {
    expect(withTokenEnded({ ...nothing, credentials: { chatId: 'c1', token: 'old' } })).toEqual({ ...nothing, over: true });
  });

  test('ends the time to reopen, too', () => {
    const closed = talking({ chat: chat({ status: 'CLOSED', reopensUntil: new Date(Date.now() + 60_000).toISOString() }) });
    expect(reopensFor(closed)).toBeGreaterThan(59_000);
    expect(reopensFor(withTokenEnded(closed))).toBe(0);
    expect(reopensFor(withClosed(closed))).toBe(0);
    expect(reopensFor(talking())).toBe(0);
  });

  test('is not the end of the chat: ChatEnded keeps the token for the time of reopening', () => {
    const ended = deliver(talking(), { __typename: 'ChatEnded', chat: chat({ status: 'CLOSED' }) });
    expect(ended).toMatchObject({ credentials: { token: 'secret' }, chat: { status: 'CLOSED' } });
  });
});
