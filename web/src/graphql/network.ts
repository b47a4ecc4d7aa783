import { graphql, type FragmentOf, type ResultOf } from './tada'

export const AccessPointFields = graphql(`
  fragment AccessPointFields on AccessPoint @_unmask {
    id
    name
    location
    address
    status
    since
    flapping
    latency
    lastSeenAt
    load {
      users
      cpu
      memory
      at
    }
    parent {
      id
      name
    }
    check {
      kind
      port
      path
      tls
      interval
      timeout
      failAfter
      recoverAfter
      slowAbove
    }
  }
`)
export type AccessPoint = FragmentOf<typeof AccessPointFields>
export type AccessPointStatus = AccessPoint['status']

/** A point among others: with what changes though nothing happened to the point itself. */
const AccessPointRowFields = graphql(
  `
    fragment AccessPointRowFields on AccessPoint @_unmask {
      ...AccessPointFields
      recentLatencies {
        mean
      }
      cutOffBy {
        id
        name
      }
      below {
        total
        offline
        degraded
        unreachable
      }
    }
  `,
  [AccessPointFields],
)
export type AccessPointRow = FragmentOf<typeof AccessPointRowFields>

export const AccessPointsQuery = graphql(
  `
    query AccessPoints(
      $status: [AccessPointStatus!]
      $search: String
      $parentId: ID
      $roots: Boolean! = false
      $first: Int
      $after: Cursor
    ) {
      accessPoints(status: $status, search: $search, parentId: $parentId, roots: $roots, first: $first, after: $after) {
        nodes {
          ...AccessPointRowFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [AccessPointRowFields],
)

export const NetworkCursorQuery = graphql(`
  query NetworkCursor {
    networkCursor
  }
`)

export const NetworkSummaryQuery = graphql(`
  query NetworkSummary {
    networkSummary {
      total
      online
      degraded
      offline
      maintenance
      unknown
      unreachable
    }
  }
`)
export type NetworkSummary = ResultOf<typeof NetworkSummaryQuery>['networkSummary']

export const NetworkEventsSubscription = graphql(
  `
    subscription NetworkEvents($after: Cursor) {
      networkEvents(after: $after) {
        cursor
        at
        event {
          __typename
          ... on AccessPointDeleted {
            accessPointId
          }
          ... on AccessPointChanged {
            previous
            accessPoint {
              ...AccessPointFields
            }
          }
        }
      }
    }
  `,
  [AccessPointFields],
)
export type NetworkDelivery = ResultOf<typeof NetworkEventsSubscription>['networkEvents']
