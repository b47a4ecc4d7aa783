import { graphql, type VariablesOf } from './tada'

export const ScheduleMaintenanceMutation = graphql(`
  mutation ScheduleMaintenance(
    $accessPointIds: [ID!]!
    $title: String!
    $startsAt: DateTime!
    $endsAt: DateTime!
    $weeks: Int!
  ) {
    scheduleMaintenance(
      accessPointIds: $accessPointIds
      title: $title
      startsAt: $startsAt
      endsAt: $endsAt
      weeks: $weeks
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
