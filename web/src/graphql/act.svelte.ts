import { asFailure, type Failure } from './failure'
import { sentence } from '../texts/index'

/** One attempt at an act that a person tries: busy while it runs, a sentence when it is refused. */
export class Act {
  busy = $state(false)
  private failure = $state.raw<Failure>()

  /** The refusal as a whole, when it does not belong to a field that is shown. */
  general = (shown: readonly string[] = []): string | undefined =>
    this.told((field) => field === undefined || !shown.includes(field))

  at = (name: string): string | undefined => this.told((field) => field === name)

  /** The first sentence about such a field. */
  private told(about: (field: string | undefined) => boolean): string | undefined {
    const { failure } = this
    const errors = failure?.errors.length ? failure.errors : failure ? [failure] : []
    const error = errors.find(({ field }) => about(field?.at(-1)))
    return error && sentence(error)
  }

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
