import type { Texts } from '../pt-BR'

export const tokens: Texts['tokens'] = {
  title: 'Tokens for programs',
  hint: 'A program with the token acts in your name, and the audit log says that it was you.',
  create: 'New token',
  nameHint: 'What for, such as: TV dashboard.',
  whole: 'May do all that I may',
  scopes: 'May only',
  all: 'all that you may',
  until: (when) => `holds until ${when}`,
  empty: 'No token',
  emptyHint: 'Make one so that a program of yours reads figures or queues.',
  secret: 'Token made',
  secretText: 'It is shown only now. Keep it in a password safe.',
  revokeTitle: (name) => `Revoke the token ${name}?`,
  revokeText: 'The program that uses it loses access at once. There is no way back.',
  revoked: 'Token revoked.',
}
