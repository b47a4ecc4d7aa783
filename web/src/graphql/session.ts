import { graphql, type ResultOf } from './tada'

export const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      id
      name
      email
      role
      permissions
      capacity
      presence {
        status
        reason
        since
      }
      departments {
        id
        name
        waitTarget
      }
    }
  }
`)
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

export const SetAvailabilityMutation = graphql(`
  mutation SetAvailability($status: Availability!, $reason: String) {
    setAvailability(status: $status, reason: $reason) {
      user {
        id
        presence {
          status
          reason
          since
        }
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
