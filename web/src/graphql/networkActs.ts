import { AccessPointFields } from './network'
import { graphql } from './tada'

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
