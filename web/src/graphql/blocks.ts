import { graphql, type ResultOf } from './tada'

export const BlocksQuery = graphql(`
  query Blocks {
    blocks {
      id
      customerName
      network
      reason
      createdAt
      expiresAt
      createdBy {
        id
        name
      }
    }
  }
`)
export type Block = ResultOf<typeof BlocksQuery>['blocks'][number]

export const CreateBlockMutation = graphql(`
  mutation CreateBlock($input: BlockInput!) {
    createBlock(input: $input) {
      block {
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

export const DeleteBlockMutation = graphql(`
  mutation DeleteBlock($id: ID!) {
    deleteBlock(id: $id) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)
