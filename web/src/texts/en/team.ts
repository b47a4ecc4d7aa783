import type { Texts } from '../pt-BR'

export const team: Texts['team'] = {
  title: 'Team',
  note: 'Who attends, right now.',
  department: 'Department',
  anyDepartment: 'All departments',
  standing: 'Status',
  anyStanding: 'Any status',
  groups: { ONLINE: 'Available', PAUSED: 'On a break', OFFLINE: 'Away' },
  empty: 'Nobody here',
  emptyHint: 'Change the filter, or allow somebody to attend customers.',
  since: 'For how long',
  load: 'Chats',
  full: 'no room',
  attended: 'Attended for',
  noChats: 'No chat',
  hidden: (n) => (n === 1 ? '1 chat that you may not see' : `${n} chats that you may not see`),
  tickets: (n) => (n === 1 ? '1 ticket' : `${n} tickets`),
  waits: { CUSTOMER: 'waits for the customer', AGENT: 'waits for an answer' },
  open: (customer, agent) => `Watch the conversation of ${customer} with ${agent}`,
  back: 'Back to the team',
}
