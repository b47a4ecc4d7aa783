import { graphql, type FragmentOf, type ResultOf } from './tada'

const NotificationFields = graphql(`
  fragment NotificationFields on Notification @_unmask {
    id
    kind
    title
    body
    link
    chatId
    createdAt
    readAt
  }
`)
/** Something that I should look at; the browser has a class called Notification. */
export type Notice = FragmentOf<typeof NotificationFields>

export const NotificationsQuery = graphql(
  `
    query Notifications($after: Cursor) {
      notifications(first: 20, after: $after) {
        nodes {
          ...NotificationFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
      unread: notifications(unreadOnly: true, first: 1) {
        totalCount
      }
    }
  `,
  [NotificationFields],
)
export type NoticePage = ResultOf<typeof NotificationsQuery>

export const NotificationEventsSubscription = graphql(
  `
    subscription NotificationEvents($after: Cursor) {
      notificationEvents(after: $after) {
        cursor
        at
        notification {
          ...NotificationFields
        }
      }
    }
  `,
  [NotificationFields],
)
export type NoticeDelivery = ResultOf<typeof NotificationEventsSubscription>['notificationEvents']

export const MarkNotificationsReadMutation = graphql(`
  mutation MarkNotificationsRead($ids: [ID!]) {
    markNotificationsRead(ids: $ids) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)
