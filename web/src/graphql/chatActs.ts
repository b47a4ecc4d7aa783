import { ChatFields } from './chats'
import { PresenceFields } from './presence'
import { graphql, type ResultOf } from './tada'

/** Where a chat can go. How many chats somebody attends is known to who manages the queue. */
export const TransferTargetsQuery = graphql(
  `
    query TransferTargets {
      departments {
        id
        name
        online
        agents {
          id
          name
          capacity
          presence {
            ...PresenceFields
          }
          activeChats {
            id
            kind
          }
        }
      }
    }
  `,
  [PresenceFields],
)
export type TransferTargets = ResultOf<typeof TransferTargetsQuery>['departments']

export const TransferChatMutation = graphql(`
  mutation TransferChat($id: ID!, $reason: String!, $departmentId: ID, $agentId: ID, $orQueue: Boolean!) {
    transferChat(id: $id, reason: $reason, departmentId: $departmentId, agentId: $agentId, orQueue: $orQueue) {
      chat {
        id
        status
        agentName
        department {
          id
          name
        }
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const ReturnChatMutation = graphql(`
  mutation ReturnChat($id: ID!, $reason: String) {
    returnChat(id: $id, reason: $reason) {
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const TurnIntoTicketMutation = graphql(`
  mutation TurnIntoTicket($id: ID!, $subject: String, $dueAt: DateTime) {
    turnIntoTicket(id: $id, subject: $subject, dueAt: $dueAt) {
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const UpdateChatMutation = graphql(
  `
    mutation UpdateChat($id: ID!, $priority: Priority, $category: Category, $subject: String, $dueAt: DateTime) {
      updateChat(id: $id, priority: $priority, category: $category, subject: $subject, dueAt: $dueAt) {
        chat {
          ...ChatFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [ChatFields],
)
