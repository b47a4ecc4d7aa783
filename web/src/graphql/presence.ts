import { graphql, type FragmentOf } from './tada'

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
      }
    }
  }
`)

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
