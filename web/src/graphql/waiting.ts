import { graphql, type ResultOf } from './tada'

/** Who waits, across departments, in the order to be served. */
export const WaitingQuery = graphql(`
  query Waiting($departmentId: ID) {
    chats(filter: { status: [WAITING], kind: CHAT, departmentId: $departmentId }, orderBy: QUEUE, first: 100) {
      totalCount
      nodes {
        id
        customerName
        channel
        priority
        waiting
        position
        department {
          id
          name
          waitTarget
        }
        firstMessage {
          id
          body
        }
        incident {
          id
          title
        }
      }
    }
  }
`)
export type Waiting = ResultOf<typeof WaitingQuery>['chats']
export type WaitingChat = Waiting['nodes'][number]

/** Where a queue's stream stands before the list is read; null for a queue that is not the viewer's to see. */
export const QueueHeadQuery = graphql(`
  query QueueHead($departmentId: ID!) {
    queue(departmentId: $departmentId) {
      cursor
    }
  }
`)

/** That something moved: what, is read anew with the list. */
export const QueueMovesSubscription = graphql(`
  subscription QueueMoves($departmentId: ID!, $after: Cursor) {
    queueEvents(departmentId: $departmentId, after: $after) {
      cursor
      event {
        __typename
      }
    }
  }
`)
export type QueueMove = ResultOf<typeof QueueMovesSubscription>['queueEvents']
