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

export const AccessPointsQuery = graphql(
  `
    query AccessPoints($status: [AccessPointStatus!], $search: String, $first: Int, $after: Cursor) {
      accessPoints(status: $status, search: $search, first: $first, after: $after) {
        nodes {
          ...AccessPointFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [AccessPointFields],
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
    }
  }
`)
export type NetworkSummary = ResultOf<typeof NetworkSummaryQuery>['networkSummary']

export const AccessPointQuery = graphql(
  `
    query AccessPoint($id: ID!, $day: PeriodInput!, $week: PeriodInput!, $month: PeriodInput!) {
      accessPoint(id: $id) {
        ...AccessPointFields
        day: availability(period: $day)
        week: availability(period: $week)
        month: availability(period: $month)
        samples(period: $day, points: 96) {
          at
          up
          latency
        }
        outages(first: 10) {
          nodes {
            id
            startedAt
            endedAt
            duration
            reason
          }
        }
        children {
          id
          name
          status
        }
      }
    }
  `,
  [AccessPointFields],
)
export type AccessPointDetails = NonNullable<ResultOf<typeof AccessPointQuery>['accessPoint']>

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
