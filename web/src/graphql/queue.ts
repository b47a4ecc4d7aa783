import { ChatRowFields } from './chats'
import { PresenceFields } from './presence'
import { graphql } from './tada'

export const QueueQuery = graphql(
  `
    query Queue($departmentId: ID!) {
      queue(departmentId: $departmentId) {
        cursor
        waiting
        agentsOnline
        entries(first: 50) {
          nodes {
            ...ChatRowFields
          }
        }
      }
    }
  `,
  [ChatRowFields],
)

export const QueueEventsSubscription = graphql(
  `
    subscription QueueEvents($departmentId: ID!, $after: Cursor) {
      queueEvents(departmentId: $departmentId, after: $after) {
        cursor
        at
        event {
          __typename
          ... on ChatQueued {
            position
            chat {
              ...ChatRowFields
            }
          }
          ... on ChatReordered {
            position
            chat {
              ...ChatRowFields
            }
          }
          ... on ChatLeftQueue {
            chatId
            reason
            agent {
              id
              name
            }
          }
        }
      }
    }
  `,
  [ChatRowFields],
)

export const InboxQuery = graphql(
  `
    query Inbox {
      viewer {
        id
        presence {
          ...PresenceFields
        }
        activeChats {
          ...ChatRowFields
        }
      }
    }
  `,
  [ChatRowFields, PresenceFields],
)

export const InboxEventsSubscription = graphql(
  `
    subscription InboxEvents($after: Cursor) {
      inboxEvents(after: $after) {
        cursor
        at
        event {
          __typename
          ... on ChatAssigned {
            chat {
              ...ChatRowFields
            }
          }
          ... on ChatActivity {
            chat {
              ...ChatRowFields
            }
          }
          ... on ChatUnassigned {
            chatId
            reason
          }
          ... on PresenceChanged {
            user {
              id
              presence {
                ...PresenceFields
              }
            }
          }
        }
      }
    }
  `,
  [ChatRowFields, PresenceFields],
)

export const ClaimChatMutation = graphql(`
  mutation ClaimChat($id: ID!) {
    claimChat(id: $id) {
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

export const ClaimNextMutation = graphql(`
  mutation ClaimNext {
    claimNext {
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
