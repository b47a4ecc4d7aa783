import type { Texts } from '../pt-BR'

export const tickets: Texts['tickets'] = {
  one: 'Ticket',
  open: 'Open a ticket',
  waitingBar: 'Nobody has taken this ticket yet.',
  forCustomer: 'Open a ticket for the customer',
  choose: 'Choose',
  description: 'Description',
  descriptionHint: 'What has to be done. It stands in the conversation of the ticket.',
  state: 'State',
  status: { BOT: 'Bot', WAITING: 'Open', ACTIVE: 'In progress', CLOSED: 'Closed' },
  openOnes: 'Open',
  closedOnes: 'Closed',
  mine: 'Mine only',
  overdue: 'Overdue',
  empty: 'No tickets',
  emptyHint: 'Open a ticket for what takes days, or turn a chat into one.',
  due: 'Due',
  subjectHint: 'What it is about, in a line.',
}
