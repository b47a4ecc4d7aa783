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

/** What asking to erase them would do now: null means that they are erased at once. */
export const HoldQuery = graphql(`
  query Hold($id: ID!) {
    customer(id: $id) {
      id
      heldUntil
    }
  }
`)

export const EraseCustomerMutation = graphql(`
  mutation EraseCustomer($customerId: ID!, $reason: String!) {
    eraseCustomer(customerId: $customerId, reason: $reason) {
      customer {
        id
        erasedAt
        restrictedUntil
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const UpdateCustomerMutation = graphql(`
  mutation UpdateCustomer($id: ID!, $name: String, $email: String, $phone: String, $company: String) {
    updateCustomer(id: $id, name: $name, email: $email, phone: $phone, company: $company) {
      customer {
        id
        name
        email
        phone
        company
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
type Updated = NonNullable<ResultOf<typeof UpdateCustomerMutation>['updateCustomer']>
export type Contact = NonNullable<Updated['customer']>

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

export const SetCustomerAccessPointMutation = graphql(`
  mutation SetCustomerAccessPoint($customerId: ID!, $accessPointId: ID) {
    setCustomerAccessPoint(customerId: $customerId, accessPointId: $accessPointId) {
      customer {
        id
        accessPoint {
          id
          name
          status
          since
          upcomingMaintenance {
            id
            title
            startsAt
            endsAt
            audience
          }
        }
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
