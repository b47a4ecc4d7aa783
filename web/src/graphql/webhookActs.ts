import { graphql, type ResultOf, type VariablesOf } from './tada'

export const CreateWebhookMutation = graphql(`
  mutation CreateWebhook($input: WebhookInput!) {
    createWebhook(input: $input) {
      secret
      userErrors {
        code
        message
        field
      }
    }
  }
`)
export type WebhookInput = VariablesOf<typeof CreateWebhookMutation>['input']

export const UpdateWebhookMutation = graphql(`
  mutation UpdateWebhook($id: ID!, $input: WebhookInput!) {
    updateWebhook(id: $id, input: $input) {
      webhook {
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

export const DeleteWebhookMutation = graphql(`
  mutation DeleteWebhook($id: ID!) {
    deleteWebhook(id: $id) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const RollWebhookSecretMutation = graphql(`
  mutation RollWebhookSecret($id: ID!) {
    rollWebhookSecret(id: $id) {
      secret
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const TestWebhookMutation = graphql(`
  mutation TestWebhook($id: ID!) {
    testWebhook(id: $id) {
      receipt {
        taken
        statusCode
        took
        error
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
export type WebhookReceipt = NonNullable<ResultOf<typeof TestWebhookMutation>['testWebhook']['receipt']>

export const ReplayDeliveryMutation = graphql(`
  mutation ReplayDelivery($id: ID!) {
    replayDelivery(id: $id) {
      delivery {
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

export const ReplayFailedMutation = graphql(`
  mutation ReplayFailed($webhookId: ID!, $since: DateTime!) {
    replayFailed(webhookId: $webhookId, since: $since) {
      count
      userErrors {
        code
        message
        field
      }
    }
  }
`)
