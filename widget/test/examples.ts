import type { Chat, Message, Page, State } from '../src/chat/state';

export const chat = (given: Partial<Chat> = {}): Chat => ({
  id: 'c1',
  protocol: '20261122-000001',
  kind: 'CHAT',
  status: 'ACTIVE',
  agentName: 'Ana Souza',
  position: null,
  reopensUntil: null,
  customerReadSeq: 0,
  agentReadSeq: 0,
  department: { name: 'Técnico', online: true },
  estimatedWait: null,
  rating: null,
  notice: null,
  ...given,
});

export const message = (seq: number, given: Partial<Message> = {}): Message => ({
  id: `m${seq}`,
  seq,
  sender: 'AGENT',
  senderName: 'Ana Souza',
  kind: 'TEXT',
  body: `mensagem ${seq}`,
  clientId: null,
  sentAt: new Date().toISOString(),
  ...given,
});

export const page = (nodes: Message[], hasPreviousPage = false): Page => ({
  nodes,
  pageInfo: { hasPreviousPage, startCursor: nodes[0] ? `before ${nodes[0].seq}` : null },
});

export const talking = (given: Partial<State> = {}): State => ({
  credentials: { chatId: 'c1', token: 'secret' },
  chat: chat(),
  messages: [],
  outbox: [],
  cursor: '0',
  ...given,
});
