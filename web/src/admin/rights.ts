import { ask } from '../graphql/client'
import { Resource } from '../graphql/resource.svelte'
import { RolesQuery, type Rights } from '../graphql/roles'

export type Role = Rights['roles'][number]['role']
export type Permission = Rights['permissionHolders'][number]['permission']

export const readRights = (): Resource<Rights> => new Resource(() => ask(RolesQuery, {}))

/** What a role brings by itself. */
export const broughtBy = (rights: Rights, role: Role): readonly Permission[] =>
  rights.roles.find((one) => one.role === role)?.permissions ?? []
