import { graphql, type ResultOf } from './tada'

export const SessionsQuery = graphql(`
  query Sessions {
    sessions {
      id
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
