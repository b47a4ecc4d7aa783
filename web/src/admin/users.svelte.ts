import { SetAvailabilityMutation, type Presence } from '../graphql/presence'
import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { keepFresh } from '../graphql/keepFresh.svelte'
import { PagedResource } from '../graphql/resource.svelte'
import { RemoveSecondFactorMutation } from '../graphql/secondFactor'
import type { VariablesOf } from '../graphql/tada'
import {
  CreateUserMutation,
  ResetPasswordMutation,
  UnlinkIdentityMutation,
  UpdateUserMutation,
  UsersQuery,
  type PasswordLink,
  type StaffUser,
} from '../graphql/users'

export type Role = StaffUser['role']
export type NewUser = VariablesOf<typeof CreateUserMutation>['input']
export type UserChange = VariablesOf<typeof UpdateUserMutation>['input']

const pageSize = 30

/** The staff list: search, role and availability narrow it, acts change it in place. */
export class UserList {
  search = $state('')
  role = $state<Role | ''>('')
  availability = $state<Presence['status'] | ''>('')
  readonly list = new PagedResource<StaffUser>(async (after) => {
    const variables = {
      search: this.search.trim() || null,
      role: this.role || null,
      availability: this.availability || null,
      // Who is deactivated attends as little as who is away, and is nobody that one looks for by that.
      active: this.availability ? true : null,
      first: pageSize,
      after,
    }
    return (await ask(UsersQuery, variables)).users
  })
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    keepFresh(this.list, pageSize)
  }

  /** Reads again once the person stops typing. */
  narrow(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.list.reload(), 250)
  }

  /** The link to hand over, where no password was given. */
  async create(input: NewUser): Promise<PasswordLink | null> {
    const { link } = accepted((await tell(CreateUserMutation, { input })).createUser)
    void this.list.reload()
    return link
  }

  async update(id: string, input: UserChange): Promise<void> {
    const { user } = accepted((await tell(UpdateUserMutation, { id, input })).updateUser)
    if (user) this.list.replace(user)
  }

  async setAvailability(user: StaffUser, status: Presence['chosen'], reason: string | null): Promise<void> {
    const answer = await tell(SetAvailabilityMutation, { status, reason, userId: user.id })
    const { user: changed } = accepted(answer.setAvailability)
    if (changed) this.list.replace({ ...user, presence: changed.presence })
  }

  async resetPassword(userId: string): Promise<PasswordLink | null> {
    return accepted((await tell(ResetPasswordMutation, { userId })).resetPassword).link
  }

  async removeSecondFactor(userId: string, reason: string): Promise<void> {
    const { user } = accepted((await tell(RemoveSecondFactorMutation, { userId, reason })).removeSecondFactor)
    if (user) this.list.replace(user)
  }

  async unlinkIdentity(userId: string): Promise<void> {
    const { user } = accepted((await tell(UnlinkIdentityMutation, { userId })).unlinkIdentity)
    if (user) this.list.replace(user)
  }
}
