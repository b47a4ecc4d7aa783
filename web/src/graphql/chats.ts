import { graphql, type FragmentOf } from './tada'

export const ChatRowFields = graphql(`
  fragment ChatRowFields on Chat @_unmask {
    id
    protocol
    kind
    status
    channel
    priority
    customerName
    agentName
    unread
    queuedAt
    waiting
    department {
      id
      name
    }
    incident {
      id
      title
    }
    lastMessage {
      id
      seq
      sender
      body
      sentAt
    }
  }
`)
export type ChatRow = FragmentOf<typeof ChatRowFields>

/** What the head of a conversation and the customer card show; events carry the same, so they simply replace it. */
export const ChatFields = graphql(`
  fragment ChatFields on Chat @_unmask {
    id
    protocol
    kind
    status
    channel
    category
    priority
    subject
    customerName
    agentName
    createdAt
    queuedAt
    claimedAt
    closedAt
    closeReason
    reopensUntil
    dueAt
    awaiting
    deadline
    warnedAt
    waiting
    handling
    customerReadSeq
    agentReadSeq
    department {
      id
      name
      warnAfter
      closeAfter
    }
    agent {
      id
      name
    }
    customer {
      id
      name
      cpfMasked
      email
      phone
      company
      erasedAt
      restrictedUntil
      accessPoint {
        id
        name
        status
        since
        upcomingMaintenance {
          id
          title
          startsAt
          endsAt
          audience
        }
      }
    }
    incident {
      id
      title
      status
      expectedAt
    }
    resolution
    rating {
      score
      comment
    }
    legs {
      queuedAt
      claimedAt
      leftAt
      waiting
      handling
      outcome
      department {
        id
        name
      }
      agent {
        id
        name
      }
    }
  }
`)
export type Chat = FragmentOf<typeof ChatFields>

export const CloseChatMutation = graphql(
  `
    mutation CloseChat($id: ID!, $reason: CloseReason) {
      closeChat(id: $id, reason: $reason) {
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
