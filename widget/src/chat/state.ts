import type { Credentials, Outgoing } from '../session/session';
import type { Notice } from './notices';
import type { Link } from '../transport/live';

export interface Estimate {
  atLeast: string;
  atMost: string;
}
export interface Department {
  id: string;
  slug: string;
  name: string;
  online: boolean;
  waiting: number;
  cpfPolicy: 'REQUIRED' | 'OPTIONAL' | 'AFTER_CLAIM';
  estimatedWait: Estimate | null;
  openNow: boolean;
  /** When it opens next, as "segunda às 08:00". */
  opensInWords: string | null;
  whenClosed: 'QUEUE' | 'TICKET';
  outOfHoursMessage: string | null;
  /** What is agreed to by opening a chat. */
  privacyNotice: string | null;
}
export interface Chat {
  id: string;
  protocol: string;
  /** A ticket is answered later: nobody waits for it. */
  kind: 'CHAT' | 'TICKET';
  status: 'BOT' | 'WAITING' | 'ACTIVE' | 'CLOSED';
  agentName: string | null;
  position: number | null;
  /** Until when the next words of the customer reopen it, once it has ended. */
  reopensUntil: string | null;
  customerReadSeq: number;
  agentReadSeq: number;
  department: { name: string; online: boolean };
  estimatedWait: Estimate | null;
  rating: { score: number } | null;
  /** What its customer is told while it is open. */
  notice: Notice | null;
}
export type Sender = 'CUSTOMER' | 'AGENT' | 'BOT' | 'SYSTEM';
export interface Message {
  id: string;
  seq: number;
  sender: Sender;
  senderName: string;
  kind: 'TEXT' | 'EVENT';
  body: string;
  clientId: string | null;
  sentAt: string;
}
export interface Page {
  nodes: Message[];
  pageInfo: { hasPreviousPage: boolean; startCursor: string | null };
}
export interface State {
  credentials?: Credentials;
  chat?: Chat;
  /** Acknowledged by the server, by seq. */
  messages: Message[];
  /** Written here, not acknowledged yet, in the order of writing. */
  outbox: Outgoing[];
  /** Where the subscription continues from. */
  cursor?: string;
  /** Where the messages before the first one begin, if there are any. */
  earlier?: string;
  typing?: string;
  link?: Link;
  /** The token no longer opens the chat: what is shown is all there is. */
  over?: boolean;
}

export const nothing: State = { messages: [], outbox: [] };

export const isClosed = ({ chat }: Pick<State, 'chat'>): boolean => chat?.status == 'CLOSED';

/** How long, in milliseconds, a closed chat goes on with the next words written in it; 0 when it does not. */
export const reopensFor = ({ chat, credentials }: State): number =>
  (credentials && chat?.status == 'CLOSED' && chat.reopensUntil && Math.max(0, Date.parse(chat.reopensUntil) - Date.now())) || 0;

/** How many messages of the other side nobody has looked at yet. */
export const unread = ({ messages, chat }: State): number =>
  messages.filter(({ seq, kind, sender }) => kind == 'TEXT' && sender != 'CUSTOMER' && seq > chat!.customerReadSeq).length;
