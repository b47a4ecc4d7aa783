import { graphql, type FragmentOf } from './tada'

export const MessageFields = graphql(`
  fragment MessageFields on Message @_unmask {
    id
    seq
    sender
    senderName
    kind
    body
    clientId
    sentAt
  }
`)
export type Message = FragmentOf<typeof MessageFields>

export const OlderMessagesQuery = graphql(
  `
    query OlderMessages($id: ID!, $before: Cursor!) {
      chat(id: $id) {
        messages(last: 50, before: $before) {
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
  [MessageFields],
)

export const SendMessageMutation = graphql(
  `
    mutation SendMessage($chatId: ID!, $body: String!, $clientId: ID!, $kind: MessageKind!) {
      sendMessage(chatId: $chatId, body: $body, clientId: $clientId, kind: $kind) {
        message {
          ...MessageFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [MessageFields],
)

export const MarkReadMutation = graphql(`
  mutation MarkRead($chatId: ID!, $seq: Int!) {
    markRead(chatId: $chatId, seq: $seq) {
      chat {
        id
        unread
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const SetTypingMutation = graphql(`
  mutation SetTyping($chatId: ID!) {
    setTyping(chatId: $chatId) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)
