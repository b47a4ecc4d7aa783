import { graphql, type FragmentOf, type ResultOf } from './tada'

const DayFields = graphql(`
  fragment DayFields on Metrics @_unmask {
    offered
    chats
    serviceLevel
    abandonment
    waitTime {
      mean
      p90
    }
    handleTime {
      mean
      p90
    }
    firstResponse {
      mean
      p90
    }
    occupancy
    satisfaction {
      positive
      answers
    }
  }
`)
export type Day = FragmentOf<typeof DayFields>

export const DashboardSubscription = graphql(
  `
    subscription Dashboard {
      dashboard {
        at
        waiting
        oldestWait
        active
        agentsOnline
        agentsPaused
        today {
          ...DayFields
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
        yesterday {
          ...DayFields
        }
        traffic {
          hour
          offered
          yesterday
        }
        departments {
          waiting
          oldestWait
          active
          agentsOnline
          department {
            id
            name
            waitTarget
          }
        }
        network {
          total
          online
          degraded
          offline
          maintenance
          unknown
          unreachable
        }
        system {
          version
          startedAt
          processes
          subscribers
          lag
          database {
            ok
            latency
            detail
          }
          broker {
            ok
            latency
            detail
          }
        }
      }
    }
  `,
  [DayFields],
)
export type Dashboard = ResultOf<typeof DashboardSubscription>['dashboard']
