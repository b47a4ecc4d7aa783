import type { StaffUser } from '../graphql/users'
import type { NewUser, Role, UserChange } from './users.svelte'

/** What is being written about a person before it is saved. */
export class UserDraft {
  name = $state('')
  email = $state('')
  extension = $state('')
  role = $state<Role>('AGENT')
  capacity = $state(5)
  departmentIds = $state<string[]>([])
  permissions = $state<StaffUser['permissions'][number][]>([])
  private before: readonly string[]

  constructor(user: StaffUser | null) {
    this.before = user?.permissions ?? []
    if (!user) return
    this.name = user.name
    this.email = user.email
    this.extension = user.extension ?? ''
    this.role = user.role
    this.capacity = user.capacity
    this.departmentIds = user.departments.map((department) => department.id)
    this.permissions = [...user.permissions]
  }

  creation(): NewUser {
    const { name, email, role, capacity, departmentIds, extension } = this
    return {
      name: name.trim(),
      email: email.trim(),
      role,
      capacity,
      departmentIds,
      extension: extension.trim() || null,
      password: null,
    }
  }

  change(): UserChange {
    const { name, role, capacity, departmentIds, extension } = this
    const change = { name: name.trim(), role, capacity, departmentIds, extension: extension.trim() || null }
    // The list holds those of the role too: sent back untouched it would turn them into extra ones.
    const touched = this.permissions.toSorted().join() !== this.before.toSorted().join()
    return touched ? { ...change, permissions: this.permissions } : change
  }
}
