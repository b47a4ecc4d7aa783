import { graphql, type FragmentOf, type VariablesOf } from './tada'

const CannedReplyFields = graphql(`
  fragment CannedReplyFields on CannedReply @_unmask {
    id
    shortcut
    title
    body
    scope
    department {
      id
      name
    }
  }
`)
export type CannedReply = FragmentOf<typeof CannedReplyFields>

export const CannedRepliesQuery = graphql(
  `
    query CannedReplies {
      cannedReplies {
        ...CannedReplyFields
      }
    }
  `,
  [CannedReplyFields],
)

export const CreateCannedReplyMutation = graphql(
  `
    mutation CreateCannedReply($input: CreateCannedReplyInput!) {
      createCannedReply(input: $input) {
        cannedReply {
          ...CannedReplyFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [CannedReplyFields],
)
export type NewCannedReply = VariablesOf<typeof CreateCannedReplyMutation>['input']

export const UpdateCannedReplyMutation = graphql(
  `
    mutation UpdateCannedReply($id: ID!, $input: UpdateCannedReplyInput!) {
      updateCannedReply(id: $id, input: $input) {
        cannedReply {
          ...CannedReplyFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [CannedReplyFields],
)

export const DeleteCannedReplyMutation = graphql(`
  mutation DeleteCannedReply($id: ID!) {
    deleteCannedReply(id: $id) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)
