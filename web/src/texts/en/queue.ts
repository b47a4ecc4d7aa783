import type { Texts } from '../pt-BR'

export const queue: Texts['queue'] = {
  title: 'Queue',
  next: 'Next chat',
  claim: 'Take',
  claiming: 'Taking…',
  empty: 'Nobody in the queue',
  emptyHint: 'Empty. New chats show up at once.',
  noDepartments: 'You are not in any department yet',
  noDepartmentsHint: 'Ask an administrator to add you to one.',
  waiting: (n) => (n === 1 ? '1 person waiting' : `${n} people waiting`),
  beyond: (n) => `and ${n} more after these`,
  taken: (name) => `${name} has already taken this chat.`,
  gone: 'This chat has already left the queue.',
  waited: 'Waiting',
  nobody: 'Nobody is waiting right now.',
}
