import { ask } from '../graphql/client'
import { asFailure, type Failure } from '../graphql/failure'
import { CannedRepliesQuery, type CannedReply } from '../graphql/cannedReplies'
import { matching, queryAt } from './cannedReplies'

const most = 50

/** Kept over conversations, so that the list is there at the first stroke; never for somebody else. */
let kept: { userId: string; replies: readonly CannedReply[] } | undefined

/** What makes the box a combobox while its list is open. */
export const comboboxOf = (list: string, active: number) =>
  ({
    role: 'combobox',
    'aria-expanded': true,
    'aria-haspopup': 'listbox',
    'aria-autocomplete': 'list',
    'aria-controls': list,
    'aria-activedescendant': active >= 0 ? `${list}-${active}` : undefined,
  }) as const

/** The search for a canned reply within the box: from a slash in its text up to the caret. */
export class ReplyPicker {
  replies = $state.raw<readonly CannedReply[]>()
  error = $state.raw<Failure>()
  private query = $state<string | null>(null)
  private start = 0
  /** The slash was put there by us: giving up takes it away again. */
  private ours = false
  /** Given up with this slash: it is a word of the text now. */
  private dismissed = false
  private chosen = $state(0)

  readonly found = $derived.by(() =>
    this.query === null || !this.replies ? [] : matching(this.replies, this.query, this.departmentId()).slice(0, most),
  )
  /** A sentence that only begins with a slash is no search. */
  readonly open = $derived(this.query !== null && (!this.replies || this.found.length > 0 || !/\S\s/.test(this.query)))
  readonly active = $derived(Math.min(this.chosen, this.found.length - 1))

  constructor(
    private userId: () => string | null,
    private departmentId: () => string,
  ) {}

  /** The text or the caret changed. */
  follow(text: string, caret: number): void {
    if (!text.startsWith('/')) this.dismissed = false
    const begins = this.query === null && !this.dismissed && text.startsWith('/')
    if (begins) this.begin(0, false)
    if (this.query === null) return
    const query = queryAt(text, this.start, caret)
    if (query !== this.query) this.chosen = 0
    this.query = query
  }

  /** By command, wherever the caret is: returns the text with a slash to search from. */
  summon(text: string, from: number, to: number): string {
    this.begin(from, true)
    return `${text.slice(0, from)}/${text.slice(to)}`
  }

  move(by: number): void {
    const { length } = this.found
    if (length) this.chosen = (this.active + by + length) % length
  }

  look(index: number): void {
    this.chosen = index
  }

  /** Ends the search; says which part of the text it was. */
  end(caret: number): { start: number; caret: number } {
    this.query = null
    return { start: this.start, caret }
  }

  /** Gives up; says what of the text goes with it, if anything. */
  dismiss(caret: number): { start: number; caret: number } | null {
    this.dismissed = !this.ours
    const part = this.end(caret)
    return this.ours ? part : null
  }

  private begin(start: number, ours: boolean): void {
    this.start = start
    this.ours = ours
    this.query = ''
    this.chosen = 0
    void this.load()
  }

  load = async (): Promise<void> => {
    const userId = this.userId()
    if (kept && kept.userId === userId) this.replies = kept.replies
    this.error = undefined
    try {
      this.replies = (await ask(CannedRepliesQuery, {})).cannedReplies
      if (userId) kept = { userId, replies: this.replies }
    } catch (problem) {
      this.error = asFailure(problem)
    }
  }
}
