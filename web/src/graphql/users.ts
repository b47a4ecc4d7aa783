import { PresenceFields } from './presence'
import { graphql, type FragmentOf, type ResultOf } from './tada'

export const UserFields = graphql(
  `
    fragment UserFields on User @_unmask {
      id
      name
      email
      extension
      role
      permissions
      extraPermissions
      active
      secondFactorAt
      identityLinked
      capacity
      presence {
        ...PresenceFields
      }
      departments {
        id
        name
      }
    }
  `,
  [PresenceFields],
)
export type StaffUser = FragmentOf<typeof UserFields>

export const UsersQuery = graphql(
  `
    query Users(
      $search: String
      $role: Role
      $availability: Availability
      $active: Boolean
      $first: Int
      $after: Cursor
    ) {
      users(search: $search, role: $role, availability: $availability, active: $active, first: $first, after: $after) {
        nodes {
          ...UserFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [UserFields],
)

export const CreateUserMutation = graphql(
  `
    mutation CreateUser($input: CreateUserInput!) {
      createUser(input: $input) {
        user {
          ...UserFields
        }
        link {
          path
          expiresAt
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [UserFields],
)

export const UpdateUserMutation = graphql(
  `
    mutation UpdateUser($id: ID!, $input: UpdateUserInput!) {
      updateUser(id: $id, input: $input) {
        user {
          ...UserFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [UserFields],
)

export const ResetPasswordMutation = graphql(`
  mutation ResetPassword($userId: ID!) {
    resetPassword(userId: $userId) {
      link {
        path
        expiresAt
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const UnlinkIdentityMutation = graphql(`
  mutation UnlinkIdentity($userId: ID!) {
    unlinkIdentity(userId: $userId) {
      user {
        id
        identityLinked
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export type PasswordLink = NonNullable<ResultOf<typeof ResetPasswordMutation>['resetPassword']['link']>
