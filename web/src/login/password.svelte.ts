import { tell } from '../graphql/client'
import { accepted, asFailure } from '../graphql/failure'
import { ChangePasswordMutation } from '../graphql/session'
import { sentence, t } from '../texts/index'

const shortest = 12

/** The state of one attempt to set a password, typed twice. */
export abstract class NewPassword {
  next = $state('')
  repeated = $state('')
  busy = $state(false)
  problem = $state('')
  problemAt = $state<'current' | 'next' | 'repeated' | null>(null)

  /** Hand the password to the server; throws what it answers. */
  protected abstract send(): Promise<void>

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
      await this.send()
      return true
    } catch (error) {
      const failure = asFailure(error)
      const field = failure.field?.at(-1)
      const next = field === 'new' || field === 'password'
      return this.refuse(field === 'current' ? 'current' : next ? 'next' : null, sentence(failure))
    } finally {
      this.busy = false
    }
  }
}

/** A new password in the place of one that is known. */
export class PasswordChange extends NewPassword {
  current = $state('')

  protected async send(): Promise<void> {
    accepted((await tell(ChangePasswordMutation, { current: this.current, new: this.next })).changePassword)
  }
}
