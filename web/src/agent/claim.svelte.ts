import { router } from '../app/router.svelte'
import { chatPath } from '../app/routes'
import { tell } from '../graphql/client'
import { accepted, asFailure } from '../graphql/failure'
import { ClaimChatMutation, ClaimNextMutation } from '../graphql/queue'
import { sentence, t } from '../texts/index'
import { toasts } from '../ui/toasts.svelte'

/** Taking chats: one at a time, and whoever loses the race is told so. */
export class Claim {
  /** The id being taken, 'next' for the head of the queue. */
  busy = $state<string | null>(null)

  constructor(
    private lost: (chatId: string) => void,
    private taken: (chatId: string) => void = (id) => router.go(chatPath(id)),
  ) {}

  async next(): Promise<void> {
    await this.attempt('next', async () => accepted((await tell(ClaimNextMutation, {})).claimNext).chat)
  }

  async take(id: string): Promise<void> {
    await this.attempt(id, async () => accepted((await tell(ClaimChatMutation, { id })).claimChat).chat)
  }

  private async attempt(what: string, claim: () => Promise<{ id: string } | null>): Promise<void> {
    if (this.busy) return
    this.busy = what
    try {
      const chat = await claim()
      if (chat) this.taken(chat.id)
      else toasts.say(t.queue.nobody)
    } catch (problem) {
      const failure = asFailure(problem)
      const taken = failure.code === 'CONFLICT' || failure.code === 'NOT_FOUND'
      if (taken && what !== 'next') this.lost(what)
      toasts.say(what === 'next' && failure.code === 'NOT_FOUND' ? t.queue.nobody : sentence(failure), 'bad')
    } finally {
      this.busy = null
    }
  }
}
