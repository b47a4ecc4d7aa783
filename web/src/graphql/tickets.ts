import { graphql, type FragmentOf } from './tada'

export const TicketFields = graphql(`
  fragment TicketFields on Chat @_unmask {
    id
    protocol
    status
    priority
    category
    subject
    customerName
    agentName
    unread
    dueAt
    closedAt
    department {
      id
      name
    }
  }
`)
export type Ticket = FragmentOf<typeof TicketFields>

export const TicketsQuery = graphql(
  `
    query Tickets($filter: ChatFilter, $orderBy: ChatOrder!, $first: Int, $after: Cursor) {
      chats(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        nodes {
          ...TicketFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [TicketFields],
)

export const TicketDepartmentsQuery = graphql(`
  query TicketDepartments {
    departments {
      id
      name
    }
  }
`)

export const OpenTicketMutation = graphql(`
  mutation OpenTicket($input: OpenTicketInput!) {
    openTicket(input: $input) {
      chat {
        id
        protocol
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
