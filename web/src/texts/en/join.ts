import type { Texts } from '../pt-BR'

export const join: Texts['join'] = {
  note: 'Write a note',
  send: 'Keep the note',
  takeOver: 'Take over',
  takeOverTitle: 'Take this chat over?',
  takeOverText: (name) =>
    `The chat leaves the list of ${name} for yours, in the same department. The customer sees who joined.`,
  taken: 'The chat is yours now.',
}
