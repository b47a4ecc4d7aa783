import { PresenceFields } from './presence'
import { graphql, type ResultOf } from './tada'

export const ViewerQuery = graphql(
  `
    query Viewer {
      pauseReasons
      viewer {
        id
        name
        email
        extension
        role
        permissions
        capacity
        presence {
          ...PresenceFields
        }
        departments {
          id
          name
          waitTarget
        }
      }
    }
  `,
  [PresenceFields],
)
export type Viewer = NonNullable<ResultOf<typeof ViewerQuery>['viewer']>

/** All that somebody with a one-time password may ask. */
export const LockQuery = graphql(`
  query Lock {
    viewer {
      id
      mustChangePassword
    }
  }
`)

export const SignInMutation = graphql(`
  mutation SignIn($email: String!, $password: String!) {
    signIn(email: $email, password: $password) {
      viewer {
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

export const SignOutMutation = graphql(`
  mutation SignOut {
    signOut {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const ChangePasswordMutation = graphql(`
  mutation ChangePassword($current: String!, $new: String!) {
    changePassword(current: $current, new: $new) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)
