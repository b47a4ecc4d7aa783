import type { Notice } from '../src/graphql/notifications'

export function notice(id: string, more: Partial<Notice> = {}): Notice {
  return {
    id,
    kind: 'CHAT_MESSAGE',
    title: 'Maria escreveu.',
    body: 'Há mensagem nova no atendimento 20261122-000001.',
    link: '/meu-painel/chat/c1',
    chatId: 'c1',
    createdAt: '2026-11-22T12:00:00Z',
    readAt: null,
    ...more,
  }
}
