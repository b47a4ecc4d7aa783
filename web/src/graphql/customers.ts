import { graphql, type ResultOf } from './tada'

export const RevealCpfMutation = graphql(`
  mutation RevealCpf($customerId: ID!, $reason: String!) {
    revealCpf(customerId: $customerId, reason: $reason) {
      cpf
      userErrors {
        code
        message
        field
      }
    }
  }
`)

/** One more than is shown, since the chat that is open is among them. */
export const ChatsOfCustomerQuery = graphql(`
  query ChatsOfCustomer($customerId: ID!, $first: Int!) {
    chats(filter: { customerId: $customerId }, orderBy: NEWEST, first: $first) {
      nodes {
        id
        protocol
        kind
        status
        subject
        createdAt
        department {
          id
          name
        }
      }
      totalCount
    }
  }
`)
export type ChatOfCustomer = ResultOf<typeof ChatsOfCustomerQuery>['chats']['nodes'][number]
