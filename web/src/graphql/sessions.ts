import { graphql, type ResultOf } from './tada'

export const SessionsQuery = graphql(`
  query Sessions {
    sessions {
      id
      name
      scopes
      expiresAt
      program
      current
      createdAt
      lastSeenAt
      address
      userAgent
    }
  }
`)
export type Session = ResultOf<typeof SessionsQuery>['sessions'][number]

export const CreateTokenMutation = graphql(`
  mutation CreateToken($input: CreateTokenInput!) {
    createToken(input: $input) {
      token
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const RevokeSessionMutation = graphql(`
  mutation RevokeSession($id: ID!) {
    revokeSession(id: $id) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)
