import { tell } from '../graphql/client'
import { accepted, asFailure } from '../graphql/failure'
import { ChangePasswordMutation } from '../graphql/session'
import { sentence, t } from '../texts/index'

const shortest = 12

/** The state of one attempt to change the password. */
export class PasswordChange {
  current = $state('')
  next = $state('')
  repeated = $state('')
  busy = $state(false)
  problem = $state('')
  problemAt = $state<'current' | 'next' | 'repeated' | null>(null)

  private refuse(at: typeof this.problemAt, text: string): false {
    this.problemAt = at
    this.problem = text
    return false
  }

  async submit(): Promise<boolean> {
    this.refuse(null, '')
    if (this.next.length < shortest) return this.refuse('next', t.password.short)
    if (this.next !== this.repeated) return this.refuse('repeated', t.password.differ)
    this.busy = true
    try {
      accepted((await tell(ChangePasswordMutation, { current: this.current, new: this.next })).changePassword)
      return true
    } catch (error) {
      const failure = asFailure(error)
      const field = failure.field?.at(-1)
      return this.refuse(field === 'current' ? 'current' : field === 'new' ? 'next' : null, sentence(failure))
    } finally {
      this.busy = false
    }
  }
}
