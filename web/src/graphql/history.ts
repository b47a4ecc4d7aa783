import { graphql } from './tada'

const HistoryFields = graphql(`
  fragment HistoryFields on Chat @_unmask {
    id
    protocol
    customerName
    agentName
    waiting
    handling
    resolution
    closedAt
    closeReason
    department {
      id
      name
    }
    rating {
      score
      comment
      at
    }
  }
`)

export const HistoryQuery = graphql(
  `
    query History($filter: ChatFilter, $orderBy: ChatOrder!, $search: String!, $after: Cursor) {
      chats(filter: $filter, orderBy: $orderBy, first: 30, after: $after) {
        nodes {
          ...HistoryFields
          excerpt(search: $search) {
            message {
              id
              seq
              kind
            }
            parts {
              text
              found
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [HistoryFields],
)
