import { graphql, type FragmentOf } from './tada'

export const ApiKeyFields = graphql(`
  fragment ApiKeyFields on ApiKey @_unmask {
    id
    name
    scopes
    createdAt
    lastUsedAt
    expiresAt
  }
`)
export type ApiKey = FragmentOf<typeof ApiKeyFields>

export const ApiKeysQuery = graphql(
  `
    query ApiKeys {
      apiKeys {
        ...ApiKeyFields
      }
    }
  `,
  [ApiKeyFields],
)

export const CreateApiKeyMutation = graphql(
  `
    mutation CreateApiKey($name: String!, $scopes: [String!]!, $expiresAt: DateTime) {
      createApiKey(name: $name, scopes: $scopes, expiresAt: $expiresAt) {
        apiKey {
          ...ApiKeyFields
        }
        secret
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [ApiKeyFields],
)

export const RevokeApiKeyMutation = graphql(`
  mutation RevokeApiKey($id: ID!) {
    revokeApiKey(id: $id) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)
