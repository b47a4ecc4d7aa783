import type { Texts } from '../pt-BR'

export const password: Texts['password'] = {
  title: 'Change password',
  current: 'Current password',
  next: 'New password',
  repeat: 'Repeat the new password',
  hint: 'At least 12 characters. A phrase works well.',
  short: 'Use at least 12 characters.',
  differ: 'The two new passwords are not the same.',
  submit: 'Change password',
  done: 'Password changed.',
}
