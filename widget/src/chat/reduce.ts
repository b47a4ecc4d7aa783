import type { Outgoing } from '../session/session';
import type { Delivery } from './events';
import { nothing, type Chat, type Message, type Page, type State } from './state';

// The state machine: every change is a pure function from state to state, so that any order of answers, events and
// repeats can be tried without a network or a page.

/** Adds messages: each id once, by seq (holes are normal), and whatever arrived leaves the outbox. */
export const withMessages = (state: State, added: Message[]): State => ({
  ...state,
  messages: [...new Map([...state.messages, ...added].map((message) => [message.id, message])).values()].sort((a, b) => a.seq - b.seq),
  outbox: state.outbox.filter(({ clientId }) => !added.some((message) => message.clientId == clientId)),
});

/**
 * Takes the newest page; older messages stay only if the page joins them without a gap. What was known when it was
 * `asked` for, and should be on it but is not, never happened: a backup was restored. What came meanwhile stays.
 */
export function withLoaded(state: State, chat: Chat & { cursor: string; messages: Page }, asked = state): State {
  const { nodes } = chat.messages;
  const onPage = ({ id }: Message) => nodes.some((message) => message.id == id);
  const undone = (message: Message) => asked.messages.includes(message) && !(message.seq < nodes[0]?.seq) && !onPage(message);
  const joins = state.messages.some(onPage);
  const base = joins ? { ...state, messages: state.messages.filter((message) => !undone(message)) } : { ...withEarlier(state, chat.messages), messages: [] };
  // Read marks move back only with the messages that they stood at.
  const marked = state.messages.some(undone) ? { ...base, chat: undefined } : base;
  return { ...withMessages(withChat(marked, chat), nodes), cursor: chat.cursor };
}

/** Takes a page of older messages. */
export const withEarlier = (state: State, { nodes, pageInfo }: Page): State => ({
  ...withMessages(state, nodes),
  earlier: (pageInfo.hasPreviousPage && pageInfo.startCursor) || undefined,
});

/** Takes the chat itself. Nobody unreads: a late answer never moves a read mark back. */
export function withChat(state: State, chat: Chat): State {
  const { customerReadSeq = 0, agentReadSeq = 0 } = state.chat || {};
  return {
    ...state,
    chat: {
      ...chat,
      customerReadSeq: Math.max(customerReadSeq, chat.customerReadSeq),
      agentReadSeq: Math.max(agentReadSeq, chat.agentReadSeq),
    },
  };
}

/** Takes what a subscription delivered, new or repeated. */
export function withDelivery(state: State, { cursor, event }: Delivery): State {
  const next = { ...state, cursor: cursor || state.cursor };
  const chat = state.chat!;
  switch (event.__typename) {
    case 'MessageSent':
      return withMessages({ ...next, typing: undefined }, [event.message]);
    case 'MessagesRead':
      return withChat(next, { ...chat, [event.by == 'CUSTOMER' ? 'customerReadSeq' : 'agentReadSeq']: event.seq });
    case 'TypingShown':
      return event.by == 'CUSTOMER' ? state : { ...next, typing: event.name };
    case 'PositionMoved':
      return withChat(next, { ...chat, position: event.position, estimatedWait: event.estimatedWait });
    default:
      // ChatChanged, ChatEnded, and whatever a newer server adds around a chat.
      return event.chat ? withChat({ ...next, typing: undefined }, event.chat) : next;
  }
}

/** Puts a message at the end of the outbox, for the first time or again. */
export const withOutgoing = (state: State, outgoing: Outgoing): State => ({
  ...state,
  outbox: [...state.outbox.filter(({ clientId }) => clientId != outgoing.clientId), outgoing],
});

/** Marks a message that the server will never take. */
export const withRefusal = (state: State, refusedId: string, refused: string): State => ({
  ...state,
  outbox: state.outbox.map((it) => (it.clientId == refusedId ? { ...it, refused } : it)),
});

/** The chat takes no more messages, and reopens no more; its token may still rate it. */
export const withClosed = (state: State): State => ({ ...state, outbox: [], chat: state.chat && { ...state.chat, status: 'CLOSED', reopensUntil: null } });

/** The token ended: what is on screen stays to be read; with nothing on screen it is the form again. */
export function withTokenEnded(state: State): State {
  return state.chat ? { ...withClosed(state), credentials: undefined, over: true } : { ...nothing, over: true };
}
