import { graphql, type FragmentOf, type ResultOf } from './tada'

const StatsFields = graphql(`
  fragment StatsFields on DurationStats @_unmask {
    mean
    p50
    p90
    n
  }
`)
export type Stats = FragmentOf<typeof StatsFields>

const LegsFields = graphql(`
  fragment LegsFields on MetricCaseConnection @_unmask {
    nodes {
      at
      value
      score
      met
      leg {
        department {
          name
        }
        agent {
          name
        }
      }
      chat {
        id
        protocol
        agentName
        department {
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
`)
export type MetricLeg = FragmentOf<typeof LegsFields>['nodes'][number]

/** One figure with the first of its legs: the others are not asked for, and then not read. */
export const MetricQuery = graphql(
  `
    query Metric(
      $period: PeriodInput!
      $departmentId: ID
      $figure: MetricFigure!
      $offered: Boolean!
      $waitTime: Boolean!
      $firstResponse: Boolean!
      $handleTime: Boolean!
      $activeHandleTime: Boolean!
      $resolution: Boolean!
      $serviceLevel: Boolean!
      $abandonment: Boolean!
      $occupancy: Boolean!
      $satisfaction: Boolean!
    ) {
      metrics(period: $period, departmentId: $departmentId) {
        from
        to
        offered @include(if: $offered)
        chats @include(if: $offered)
        waitTime @include(if: $waitTime) {
          ...StatsFields
        }
        firstResponse @include(if: $firstResponse) {
          ...StatsFields
        }
        handleTime @include(if: $handleTime) {
          ...StatsFields
        }
        activeHandleTime @include(if: $activeHandleTime) {
          ...StatsFields
        }
        resolution @include(if: $resolution) {
          ...StatsFields
        }
        serviceLevel @include(if: $serviceLevel)
        abandonment @include(if: $abandonment)
        occupancy @include(if: $occupancy)
        satisfaction @include(if: $satisfaction) {
          positive
          answers
        }
        legs(figure: $figure, first: 50) {
          ...LegsFields
        }
      }
    }
  `,
  [StatsFields, LegsFields],
)
export type Metric = ResultOf<typeof MetricQuery>['metrics']

export const MetricLegsQuery = graphql(
  `
    query MetricLegs($period: PeriodInput!, $departmentId: ID, $figure: MetricFigure!, $after: Cursor) {
      metrics(period: $period, departmentId: $departmentId) {
        legs(figure: $figure, first: 100, after: $after) {
          ...LegsFields
        }
      }
    }
  `,
  [LegsFields],
)

/** The day that the dashboard is of: one of the deployment's zone, up to now. */
export const TodayQuery = graphql(`
  query Today {
    dashboard {
      today {
        from
        to
      }
    }
  }
`)
