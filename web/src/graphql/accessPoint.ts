import { AccessPointFields } from './network'
import { graphql, type ResultOf } from './tada'

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
          users
          cpu
          memory
        }
        dayParts: availabilityOfParts(period: $day, parts: 24) {
          at
          availability
        }
        weekParts: availabilityOfParts(period: $week, parts: 28) {
          at
          availability
        }
        monthParts: availabilityOfParts(period: $month, parts: 30) {
          at
          availability
        }
        cutOffBy {
          id
          name
        }
        below {
          total
          offline
          unreachable
        }
        customers
        incident {
          id
          title
          status
        }
        maintenance {
          id
          title
          startsAt
          endsAt
          weekly
          audience
          message
        }
      }
    }
  `,
  [AccessPointFields],
)
export type AccessPointDetails = NonNullable<ResultOf<typeof AccessPointQuery>['accessPoint']>

export const OutagesQuery = graphql(`
  query Outages($id: ID!, $first: Int, $after: Cursor) {
    accessPoint(id: $id) {
      outages(first: $first, after: $after) {
        nodes {
          id
          startedAt
          endedAt
          duration
          reason
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
export type Outages = NonNullable<ResultOf<typeof OutagesQuery>['accessPoint']>['outages']
export type Outage = Outages['nodes'][number]
