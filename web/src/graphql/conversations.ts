import { ChatFields } from './chats'
import { MessageFields } from './messages'
import { graphql } from './tada'

export const ConversationQuery = graphql(
  `
    query Conversation($id: ID!) {
      chat(id: $id) {
        ...ChatFields
        cursor
        messages(last: 50) {
          nodes {
            ...MessageFields
          }
          pageInfo {
            hasPreviousPage
            startCursor
          }
        }
      }
    }
  `,
  [ChatFields, MessageFields],
)

export const ChatEventsSubscription = graphql(
  `
    subscription ChatEvents($chatId: ID!, $after: Cursor) {
      chatEvents(chatId: $chatId, after: $after) {
        cursor
        at
        event {
          __typename
          ... on MessageSent {
            message {
              ...MessageFields
            }
          }
          ... on MessagesRead {
            by
            seq
          }
          ... on ChatChanged {
            chat {
              ...ChatFields
            }
          }
          ... on ChatEnded {
            chat {
              ...ChatFields
            }
          }
          ... on TypingShown {
            by
            name
          }
        }
      }
    }
  `,
  [ChatFields, MessageFields],
)
