import { graphql, type ResultOf } from './tada'

/** Who may do what, as the server decides it: this client keeps no table of its own. */
export const RolesQuery = graphql(`
  query Roles {
    roles {
      role
      people
      permissions
    }
    permissionHolders {
      permission
      beyond {
        id
        name
      }
    }
  }
`)
export type Rights = ResultOf<typeof RolesQuery>
