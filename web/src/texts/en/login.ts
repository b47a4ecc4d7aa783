import type { Texts } from '../pt-BR'

export const login: Texts['login'] = {
  title: 'Sign in to AliDash',
  email: 'E-mail',
  password: 'Password',
  show: 'Show password',
  hide: 'Hide password',
  submit: 'Sign in',
  submitting: 'Signing in…',
  expired: 'Your session is over: its time was up, or somebody ended it. Sign in to go on where you stopped.',
}
