import type { Texts } from '../pt-BR'

export const link: Texts['link'] = {
  title: 'Choose your password',
  text: (name, email) => `Hello, ${name}. With this password and the e-mail ${email} you sign in to AliDash.`,
  submit: 'Save and sign in',
  leaves: (name) => `When you save, ${name} is signed out of this browser.`,
  over: 'This link no longer works',
  overText: 'It was used, was replaced or has expired. Ask an administrator for a new one.',
  signIn: 'Go to the sign-in page',
}
