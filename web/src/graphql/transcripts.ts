import { ChatFields } from './chats'
import { MessageFields } from './messages'
import { graphql } from './tada'

export const TranscriptQuery = graphql(
  `
    query Transcript($id: ID!, $after: Cursor) {
      transcript(chatId: $id) {
        chat {
          ...ChatFields
        }
        messages(first: 100, after: $after) {
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
