import { PresenceFields } from './presence'
import { graphql, type ResultOf } from './tada'

export const TeamSubscription = graphql(
  `
    subscription Team {
      team {
        at
        members {
          load
          tickets
          user {
            id
            name
            extension
            capacity
            presence {
              ...PresenceFields
            }
            departments {
              id
              name
            }
          }
          chats {
            id
            customerName
            priority
            awaiting
            claimedAt
            department {
              id
              name
            }
          }
        }
      }
    }
  `,
  [PresenceFields],
)
export type Team = ResultOf<typeof TeamSubscription>['team']
export type Member = Team['members'][number]

export const AssignChatMutation = graphql(`
  mutation AssignChat($id: ID!, $agentId: ID!) {
    assignChat(id: $id, agentId: $agentId) {
      chat {
        id
        agentName
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const TakeOverMutation = graphql(`
  mutation TakeOver($id: ID!, $reason: String) {
    takeOver(id: $id, reason: $reason) {
      chat {
        id
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
