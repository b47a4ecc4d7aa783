import type { Texts } from '../pt-BR'

export const availability: Texts['availability'] = {
  label: 'Your availability',
  ONLINE: 'Available',
  PAUSED: 'On a break',
  OFFLINE: 'Unavailable',
  pause: 'Take a break',
  away: 'not connected',
  awayHint: 'Without a connection your choice does not count: you are given no chats.',
  unseen: 'You are unavailable: nobody on the site sees that you are here.',
  appear: 'Become available',
  today: 'Today',
  reasons: {
    lunch: 'Lunch',
    coffee: 'Coffee',
    restroom: 'Restroom',
    meeting: 'Meeting',
    training: 'Training',
    other: 'Another reason',
    noAnswer: 'No answer',
  },
}
