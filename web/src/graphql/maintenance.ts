import { graphql, type VariablesOf } from './tada'

export const ScheduleMaintenanceMutation = graphql(`
  mutation ScheduleMaintenance(
    $accessPointIds: [ID!]!
    $title: String!
    $startsAt: DateTime!
    $endsAt: DateTime!
    $weeks: Int!
    $audience: IncidentAudience
    $message: String!
  ) {
    scheduleMaintenance(
      accessPointIds: $accessPointIds
      title: $title
      startsAt: $startsAt
      endsAt: $endsAt
      weeks: $weeks
      audience: $audience
      message: $message
    ) {
      maintenance {
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
export type MaintenancePlan = VariablesOf<typeof ScheduleMaintenanceMutation>

export const UpdateMaintenanceMutation = graphql(`
  mutation UpdateMaintenance(
    $id: ID!
    $title: String!
    $audience: IncidentAudience
    $message: String!
    $following: Boolean!
  ) {
    updateMaintenance(id: $id, title: $title, audience: $audience, message: $message, following: $following) {
      maintenance {
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

export const CancelMaintenanceMutation = graphql(`
  mutation CancelMaintenance($id: ID!, $following: Boolean!) {
    cancelMaintenance(id: $id, following: $following) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)
