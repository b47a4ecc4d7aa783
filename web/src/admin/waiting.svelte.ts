import { ask, tell } from '../graphql/client'
import { UpdateChatMutation } from '../graphql/chatActs'
import { accepted, asFailure, Failure } from '../graphql/failure'
import { resume } from '../graphql/resume'
import { open } from '../graphql/socket.svelte'
import { AssignChatMutation } from '../graphql/team'
import {
  QueueHeadQuery,
  QueueMovesSubscription,
  WaitingQuery,
  type QueueMove,
  type Waiting,
  type WaitingChat,
} from '../graphql/waiting'

/** A burst of arrivals is one reading. */
const settle = 300

/** Everybody who waits in these departments: read whole, and read again whenever one of their queues moved. */
export class WaitingList {
  data = $state.raw<Waiting>()
  error = $state.raw<Failure>()
  department = $state('')
  private leaves: (() => void)[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private newest = 0
  private gone = false

  constructor(private departments: readonly string[]) {
    $effect(() => {
      void this.load()
      return () => {
        this.gone = true
        this.leave()
      }
    })
  }

  /** Where each queue stands first, then the list, then what happened since: nothing falls between them. */
  load = async (): Promise<void> => {
    this.leave()
    this.error = undefined
    try {
      const heads = await Promise.all(this.departments.map((id) => this.head(id)))
      await this.read()
      if (this.gone) return
      this.leave()
      this.leaves = this.departments.map((id, at) => this.follow(id, heads[at] ?? null))
    } catch (problem) {
      this.error = asFailure(problem)
    }
  }

  narrow(department: string): void {
    this.department = department
    void this.refresh()
  }

  async setPriority(chat: WaitingChat, priority: WaitingChat['priority']): Promise<void> {
    accepted((await tell(UpdateChatMutation, { id: chat.id, priority })).updateChat)
    this.moved()
  }

  async assign(chat: WaitingChat, agentId: string): Promise<string> {
    const answer = accepted((await tell(AssignChatMutation, { id: chat.id, agentId })).assignChat)
    this.moved()
    return answer.chat?.agentName ?? ''
  }

  /** Reads the list again in a moment, once for all that moved until then. */
  moved = (): void => {
    this.timer ??= setTimeout(() => void this.refresh(), settle)
  }

  private refresh = async (): Promise<void> => {
    clearTimeout(this.timer)
    this.timer = undefined
    try {
      await this.read()
      this.error = undefined
    } catch (problem) {
      this.error = asFailure(problem)
    }
  }

  private async read(): Promise<void> {
    const mine = ++this.newest
    const { chats } = await ask(WaitingQuery, { departmentId: this.department || null })
    if (mine === this.newest) this.data = chats
  }

  private head = async (departmentId: string): Promise<string | null> =>
    (await ask(QueueHeadQuery, { departmentId })).queue?.cursor ?? null

  private follow(departmentId: string, cursor: string | null): () => void {
    return resume<QueueMove>({
      cursor,
      open: (after, sink) =>
        open(
          QueueMovesSubscription,
          { departmentId },
          (data: { queueEvents: QueueMove }) => data.queueEvents,
          after,
          sink,
        ),
      deliver: this.moved,
      refetch: async () => {
        const head = await this.head(departmentId)
        this.moved()
        return head
      },
      stopped: (code) => (this.error = new Failure(code)),
    })
  }

  private leave(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    for (const leave of this.leaves) leave()
    this.leaves = []
  }
}
