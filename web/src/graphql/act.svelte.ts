import { asFailure, type Failure } from './failure'
import { sentence } from '../texts/index'

/** One attempt at an act that a person tries: busy while it runs, a sentence when it is refused. */
export class Act {
  busy = $state(false)
  private failure = $state.raw<Failure>()

  /** The refusal as a whole, when it does not belong to a field that is shown. */
  general = (shown: readonly string[] = []): string | undefined =>
    this.failure && !shown.includes(this.failure.field?.at(-1) ?? '') ? sentence(this.failure) : undefined

  at = (field: string): string | undefined =>
    this.failure?.field?.at(-1) === field ? sentence(this.failure) : undefined

  async run(work: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.failure = undefined
    try {
      await work()
    } catch (problem) {
      this.failure = asFailure(problem)
    } finally {
      this.busy = false
    }
  }
}
