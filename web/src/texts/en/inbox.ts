import type { Texts } from '../pt-BR'

export const inbox: Texts['inbox'] = {
  title: 'My chats',
  empty: 'No chat with you',
  emptyHint: 'Take the next one of the queue to start.',
  unread: (n) => (n === 1 ? '1 unread message' : `${n} unread messages`),
  noMessage: 'No messages yet',
  you: 'You:',
  closedRow: 'Closed',
}
