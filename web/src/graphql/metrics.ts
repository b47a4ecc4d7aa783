import { DepartmentFields } from './departments'
import { graphql, type ResultOf } from './tada'

export const OverviewQuery = graphql(
  `
    query Overview($period: PeriodInput!) {
      metrics(period: $period) {
        offered
        chats
        serviceLevel
        abandonment
        waitTime {
          mean
          p50
          p90
          n
        }
        handleTime {
          mean
          p50
          p90
          n
        }
        byDepartment {
          offered
          abandonment
          waitTime {
            mean
          }
          handleTime {
            mean
          }
          department {
            id
          }
        }
      }
      departments {
        ...DepartmentFields
      }
    }
  `,
  [DepartmentFields],
)
export type Overview = ResultOf<typeof OverviewQuery>
