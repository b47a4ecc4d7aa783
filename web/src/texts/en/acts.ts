import type { Texts } from '../pt-BR'

export const acts: Texts['acts'] = {
  title: 'Acts on this chat',
  transfer: 'Transfer',
  transferTitle: 'Transfer the chat',
  transferTo: 'Transfer to',
  toDepartment: 'Department',
  toColleague: 'Colleague',
  nowhere: 'There is nowhere to transfer it to.',
  load: (n, most) => `${n} of ${most}`,
  orQueue: 'Leave it in the queue if they cannot take it',
  reason: 'Reason',
  reasonHint: 'For the team alone; the customer does not see it.',
  transferred: (to) => `Chat transferred to ${to}.`,
  giveBack: 'Return to the queue',
  returnTitle: 'Return to the queue?',
  returnText: (department) => `The chat goes back to the place it had in the queue of ${department}.`,
  returned: 'Chat returned to the queue.',
  ticket: 'Turn into a ticket',
  ticketTitle: 'Turn into a ticket?',
  ticketText: 'A ticket may take days: it stays with its agent, takes no room and is not closed for silence.',
  turned: 'The chat is a ticket now.',
}
