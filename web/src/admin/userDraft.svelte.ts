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
  /** Those beyond the role. */
  permissions = $state<StaffUser['permissions'][number][]>([])

  constructor(user: StaffUser | null) {
    if (!user) return
    this.name = user.name
    this.email = user.email
    this.extension = user.extension ?? ''
    this.role = user.role
    this.capacity = user.capacity
    this.departmentIds = user.departments.map((department) => department.id)
    this.permissions = [...user.extraPermissions]
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
    const { name, role, capacity, departmentIds, extension, permissions } = this
    return { name: name.trim(), role, capacity, departmentIds, permissions, extension: extension.trim() || null }
  }
}
