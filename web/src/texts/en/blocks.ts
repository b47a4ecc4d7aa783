import type { Texts } from '../pt-BR'

export const blocks: Texts['blocks'] = {
  title: 'Blocks',
  hint: 'Who is listed here opens no chats. What is open goes on until somebody closes it.',
  create: 'Block a network',
  block: 'Block',
  blockOne: (name) => `Block ${name}?`,
  text: 'Who is blocked opens no chats, and takes up none that ended. Who blocked whom is kept in the audit log.',
  network: 'Address or network',
  networkHint: 'Such as 203.0.113.7 or 203.0.113.0/24.',
  reasonHint: 'Such as: repeated insults, ticket 123.',
  until: 'Until',
  untilHint: 'Empty: until somebody lifts it.',
  forGood: 'Until it is lifted',
  whom: 'Whom',
  lift: 'Lift',
  liftTitle: (whom) => `Lift the block of ${whom}?`,
  liftText: 'They can open chats again at once.',
  created: 'Blocked.',
  lifted: 'The block was lifted.',
  empty: 'Nobody is blocked',
  emptyHint: 'Customers are blocked from their card, in the chat.',
}
