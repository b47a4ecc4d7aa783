import { graphql, type FragmentOf, type ResultOf } from './tada'

export const IncidentFields = graphql(`
  fragment IncidentFields on Incident @_unmask {
    id
    status
    cause
    title
    message
    expectedAt
    audience
    openedAt
    confirmedAt
    monitoredAt
    resolvedAt
    dismissed
    accessPoint {
      id
      name
    }
    counts {
      points
      customers
      chats
      openChats
      asked
      back
      notBack
    }
  }
`)
export type Incident = FragmentOf<typeof IncidentFields>
export type IncidentStatus = Incident['status']

export const IncidentsQuery = graphql(
  `
    query Incidents($status: [IncidentStatus!], $first: Int, $after: Cursor) {
      incidents(filter: { status: $status }, first: $first, after: $after) {
        nodes {
          ...IncidentFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [IncidentFields],
)

/** What a list leaves out: who is concerned, what was said to them, and what became of it. */
export const IncidentQuery = graphql(
  `
    query Incident($id: ID!) {
      incident(id: $id) {
        ...IncidentFields
        partOf {
          id
          title
        }
        scope {
          id
          name
          status
          since
        }
        timeline {
          at
          step
          chats
          by {
            id
            name
          }
        }
        replies {
          id
          body
          createdAt
          finishedAt
          sent
          failed
          total
          author {
            id
            name
          }
          chats(failedOnly: true) {
            error
            chat {
              id
              customerName
              kind
              status
            }
          }
        }
      }
    }
  `,
  [IncidentFields],
)
export type IncidentDetails = NonNullable<ResultOf<typeof IncidentQuery>['incident']>

export const IncidentChatsQuery = graphql(`
  query IncidentChats($id: ID!, $first: Int, $after: Cursor) {
    incident(id: $id) {
      id
      chats(first: $first, after: $after) {
        nodes {
          linkedAt
          askedAt
          back
          answeredAt
          repliedAt
          chat {
            id
            protocol
            kind
            status
            customerName
            agentName
            department {
              id
              name
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
  }
`)
export type IncidentChatPage = NonNullable<ResultOf<typeof IncidentChatsQuery>['incident']>['chats']
export type IncidentChat = IncidentChatPage['nodes'][number]
