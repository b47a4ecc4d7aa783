import type { Texts } from '../pt-BR'

export const bell: Texts['bell'] = {
  title: 'Notifications',
  label: (n) => (n === 0 ? 'Notifications' : `Notifications: ${n} unread`),
  unread: 'Unread:',
  readAll: 'Mark all as read',
  empty: 'No notifications',
  emptyHint: 'When somebody waits for you, it shows up here.',
  sound: 'Sound',
  soundHint: 'Plays when somebody waits or writes and you are not in the chat.',
  desktop: 'Browser notifications',
  desktopHint: 'Shown while you are in another window or another chat.',
  desktopDenied: 'The browser refused. Allow notifications of this site in its settings.',
  desktopMissing: 'This browser shows no notifications here.',
}
