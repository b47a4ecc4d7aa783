import { graphql, type FragmentOf, type ResultOf } from './tada'

export const PresenceFields = graphql(`
  fragment PresenceFields on Presence @_unmask {
    status
    chosen
    reason
    since
    present
  }
`)
export type Presence = FragmentOf<typeof PresenceFields>

export const PresenceQuery = graphql(
  `
    query Presence {
      viewer {
        id
        presence {
          ...PresenceFields
        }
      }
    }
  `,
  [PresenceFields],
)

export const DayQuery = graphql(`
  query Day {
    viewer {
      id
      today {
        online
        paused {
          reason
          total
        }
        figures {
          handled
          handleTime {
            mean
          }
          satisfaction {
            positive
            answers
          }
        }
      }
    }
  }
`)
export type DayFigures = NonNullable<NonNullable<ResultOf<typeof DayQuery>['viewer']>['today']>['figures']

export const SetAvailabilityMutation = graphql(
  `
    mutation SetAvailability($status: Availability!, $reason: String, $userId: ID) {
      setAvailability(status: $status, reason: $reason, userId: $userId) {
        user {
          id
          presence {
            ...PresenceFields
          }
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [PresenceFields],
)
