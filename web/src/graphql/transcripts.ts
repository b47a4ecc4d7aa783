import { ChatFields } from './chats'
import { MessageFields } from './messages'
import { graphql } from './tada'

export const TranscriptQuery = graphql(
  `
    query Transcript($id: ID!, $after: Cursor) {
      transcript(chatId: $id, first: 100, after: $after) {
        chat {
          ...ChatFields
        }
        messages {
          nodes {
            ...MessageFields
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `,
  [ChatFields, MessageFields],
)
