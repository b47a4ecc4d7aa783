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
        identityLinked
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

export const UpdateProfileMutation = graphql(`
  mutation UpdateProfile($input: ProfileInput!) {
    updateProfile(input: $input) {
      user {
        id
        name
        extension
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const IdentityProviderQuery = graphql(`
  query IdentityProvider {
    identityProvider
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

export const ConfirmSignInMutation = graphql(`
  mutation ConfirmSignIn($code: String!) {
    confirmSignIn(code: $code) {
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

export const LinkHolderQuery = graphql(`
  query LinkHolder($token: String!) {
    linkHolder(token: $token) {
      name
      email
    }
  }
`)

export const SetPasswordMutation = graphql(`
  mutation SetPassword($token: String!, $password: String!) {
    setPassword(token: $token, password: $password) {
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
