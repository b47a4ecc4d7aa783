import type { Texts } from '../pt-BR'

export const privacy: Texts['privacy'] = {
  title: 'Personal data',
  export: 'Export data',
  erase: 'Erase data…',
  eraseNow: 'Erase for good',
  eraseTitle: "Erase this customer's data?",
  eraseText: 'This cannot be undone. If the person wants a copy, export the data first.',
  eraseFacts: [
    'The name, CPF, contacts and everything written in all their chats disappear.',
    'Protocols, dates, departments, agents and scores stay, and do not say whose they are.',
    'Backups keep the data until they expire.',
  ],
  reasonHint: 'Such as: request of the person, ticket 123. No name and no CPF: the audit log keeps it.',
  typeName: (name) => `To confirm, type the name: ${name}`,
  erased: "The customer's data were erased.",
  erasedAt: (when) => `Personal data erased on ${when}.`,
  restrictTitle: "Restrict this customer's data?",
  restrictText: (day) =>
    `The law has the record of their last chat kept for longer. The person is restricted until ${day}, and erased then.`,
  restrictFacts: [
    'Name, contacts and chats leave the screens, searches and files of everybody but those who answer for personal data.',
    'Protocols, dates and figures stay. If the person writes again, they are somebody new.',
    'When the time is over everything is erased, and nobody has to remember it.',
  ],
  restrictNow: 'Restrict until erased',
  restricted: (day) => `The customer's data are restricted until ${day}.`,
  restrictedUntil: (day) => `Restricted until ${day}, then erased. Only who answers for personal data sees them.`,
}
