import { graphql, type FragmentOf } from './tada'

export const WebhookFields = graphql(`
  fragment WebhookFields on Webhook @_unmask {
    id
    name
    url
    events
    active
    failingSince
    waiting
    failed
    oldSecretUntil
  }
`)
export type Webhook = FragmentOf<typeof WebhookFields>
export type WebhookEvent = Webhook['events'][number]

export const WebhookDeliveryFields = graphql(`
  fragment WebhookDeliveryFields on WebhookDelivery @_unmask {
    id
    event
    body
    status
    createdAt
    dueAt
    attempts
    attemptedAt
    statusCode
    took
    error
  }
`)
export type WebhookDelivery = FragmentOf<typeof WebhookDeliveryFields>
export type DeliveryStatus = WebhookDelivery['status']

export const WebhooksQuery = graphql(
  `
    query Webhooks {
      webhooks {
        ...WebhookFields
      }
    }
  `,
  [WebhookFields],
)

export const WebhookDeliveriesQuery = graphql(
  `
    query WebhookDeliveries($webhookId: ID!, $status: DeliveryStatus, $first: Int, $after: Cursor) {
      webhookDeliveries(webhookId: $webhookId, status: $status, first: $first, after: $after) {
        nodes {
          ...WebhookDeliveryFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [WebhookDeliveryFields],
)
