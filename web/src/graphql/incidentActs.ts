import { graphql, type ResultOf, type VariablesOf } from './tada'

export const DeclareIncidentMutation = graphql(`
  mutation DeclareIncident($accessPointId: ID!, $input: IncidentInput!) {
    declareIncident(accessPointId: $accessPointId, input: $input) {
      incident {
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

export const ConfirmIncidentMutation = graphql(`
  mutation ConfirmIncident($id: ID!, $input: IncidentInput!) {
    confirmIncident(id: $id, input: $input) {
      incident {
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

export const UpdateIncidentMutation = graphql(`
  mutation UpdateIncident($id: ID!, $input: IncidentInput!) {
    updateIncident(id: $id, input: $input) {
      incident {
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
export type IncidentWords = VariablesOf<typeof UpdateIncidentMutation>['input']

export const MonitorIncidentMutation = graphql(`
  mutation MonitorIncident($id: ID!) {
    monitorIncident(id: $id) {
      incident {
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

export const ResolveIncidentMutation = graphql(`
  mutation ResolveIncident($id: ID!) {
    resolveIncident(id: $id) {
      incident {
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

export const DismissIncidentMutation = graphql(`
  mutation DismissIncident($id: ID!, $reason: String!) {
    dismissIncident(id: $id, reason: $reason) {
      incident {
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

export const ReplyRecipientsQuery = graphql(`
  query ReplyRecipients($incidentId: ID!, $first: Int, $after: Cursor) {
    replyRecipients(incidentId: $incidentId, first: $first, after: $after) {
      nodes {
        id
        protocol
        customerName
        status
        department {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`)
export type Recipient = ResultOf<typeof ReplyRecipientsQuery>['replyRecipients']['nodes'][number]

export const ReplyToIncidentMutation = graphql(`
  mutation ReplyToIncident($id: ID!, $input: IncidentReplyInput!) {
    replyToIncident(id: $id, input: $input) {
      reply {
        id
        total
        sent
        failed
        finishedAt
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
export type ReplyInput = VariablesOf<typeof ReplyToIncidentMutation>['input']
