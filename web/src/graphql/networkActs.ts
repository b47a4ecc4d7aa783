import { AccessPointFields } from './network'
import { graphql, type ResultOf } from './tada'

export const CreateAccessPointMutation = graphql(
  `
    mutation CreateAccessPoint($input: AccessPointInput!) {
      createAccessPoint(input: $input) {
        accessPoint {
          ...AccessPointFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [AccessPointFields],
)

export const UpdateAccessPointMutation = graphql(
  `
    mutation UpdateAccessPoint($id: ID!, $input: AccessPointInput!) {
      updateAccessPoint(id: $id, input: $input) {
        accessPoint {
          ...AccessPointFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [AccessPointFields],
)

export const DeleteAccessPointMutation = graphql(`
  mutation DeleteAccessPoint($id: ID!) {
    deleteAccessPoint(id: $id) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const TestAccessPointMutation = graphql(`
  mutation TestAccessPoint($input: AccessPointInput!) {
    testAccessPoint(input: $input) {
      trial {
        status
        latency
        reason
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
export type AccessPointTrial = NonNullable<ResultOf<typeof TestAccessPointMutation>['testAccessPoint']['trial']>
