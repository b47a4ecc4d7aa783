import type { Chat, ChatRow } from '../src/graphql/chats'
import type { Message } from '../src/graphql/messages'

export function row(id: string, more: Partial<ChatRow> = {}): ChatRow {
  return {
    id,
    protocol: `20261122-${id}`,
    kind: 'CHAT',
    status: 'ACTIVE',
    channel: 'WIDGET',
    priority: 'NORMAL',
    customerName: `Customer ${id}`,
    agentName: null,
    unread: 0,
    queuedAt: '2026-11-22T12:00:00Z',
    waiting: 'PT10S',
    department: { id: 'd1', name: 'Técnico' },
    incident: null,
    lastMessage: null,
    ...more,
  }
}

export function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    sender: 'CUSTOMER',
    senderName: 'Maria',
    kind: 'TEXT',
    body: `line ${seq}`,
    clientId: null,
    sentAt: `2026-11-22T12:00:${String(seq).padStart(2, '0')}Z`,
    ...more,
  }
}

export function chat(more: Partial<Chat> = {}): Chat {
  return {
    id: 'c1',
    protocol: '20261122-000001',
    kind: 'CHAT',
    status: 'ACTIVE',
    channel: 'WIDGET',
    category: 'OTHER',
    priority: 'NORMAL',
    subject: null,
    customerName: 'Maria',
    agentName: 'Ana',
    createdAt: '2026-11-22T12:00:00Z',
    queuedAt: '2026-11-22T12:00:00Z',
    claimedAt: '2026-11-22T12:00:10Z',
    closedAt: null,
    closeReason: null,
    reopensUntil: null,
    resolution: null,
    dueAt: null,
    awaiting: null,
    deadline: null,
    warnedAt: null,
    waiting: 'PT10S',
    handling: 'PT1M',
    customerReadSeq: 0,
    agentReadSeq: 0,
    department: { id: 'd1', name: 'Técnico', warnAfter: 'PT5M', closeAfter: 'PT10M' },
    agent: { id: 'u1', name: 'Ana' },
    customer: null,
    incident: null,
    rating: null,
    legs: [],
    ...more,
  }
}
