import { ask } from '../graphql/client'
import { asFailure, Failure } from '../graphql/failure'
import { QueueLanesQuery } from '../graphql/lanes'
import { QueueEventsSubscription, QueueQuery } from '../graphql/queue'
import { resume } from '../graphql/resume'
import { open } from '../graphql/socket.svelte'
import type { Viewer } from '../graphql/session'
import { afterQueueEvent, runsShort, type Explained, type QueueDelivery, type QueueState } from './queue'

/** A burst of arrivals is one counting. */
const settle = 1_000

/** The queue of one department, followed live. */
export class LiveQueue {
  state = $state.raw<QueueState>()
  error = $state.raw<Failure>()
  explained = $state.raw<Explained>(new Map())
  private counting: ReturnType<typeof setTimeout> | undefined
  private leave = () => {}
  private gone = false

  constructor(
    readonly department: Viewer['departments'][number],
    private left: (chatId: string, by: string | null) => void,
  ) {
    $effect(() => {
      void this.load()
      return () => {
        this.gone = true
        clearTimeout(this.counting)
        this.leave()
      }
    })
  }

  load = async (): Promise<void> => {
    this.error = undefined
    try {
      const cursor = await this.read()
      this.leave()
      if (!this.gone) this.follow(cursor)
    } catch (problem) {
      this.error = asFailure(problem)
    }
  }

  drop(chatId: string): void {
    if (!this.state?.entries.some((entry) => entry.id === chatId)) return
    this.state = afterQueueEvent(this.state, { __typename: 'ChatLeftQueue', chatId, reason: '', agent: null })
  }

  private async read(): Promise<string> {
    const { queue } = await ask(QueueQuery, { departmentId: this.department.id })
    if (!queue) throw new Failure('NOT_FOUND')
    this.state = { entries: queue.entries.nodes, waiting: queue.waiting }
    this.count()
    return queue.cursor
  }

  /** Of who is not listed no event says which incident explains them: they are counted by the server, where any are. */
  private count(): void {
    const { entries, waiting } = this.state!
    if (waiting <= entries.length || !entries.some(({ incident }) => incident)) return
    this.counting ??= setTimeout(async () => {
      this.counting = undefined
      // Where that fails the lane counts those listed, until the next event.
      const answer = await ask(QueueLanesQuery, { departmentId: this.department.id }).catch(() => null)
      const counts = answer?.queue?.incidents ?? []
      this.explained = new Map(counts.flatMap(({ incident, waiting }) => (incident ? [[incident.id, waiting]] : [])))
    }, settle)
  }

  private follow(cursor: string): void {
    this.leave = resume<QueueDelivery>({
      cursor,
      open: (after, sink) =>
        open(
          QueueEventsSubscription,
          { departmentId: this.department.id },
          (data: { queueEvents: QueueDelivery }) => data.queueEvents,
          after,
          sink,
        ),
      deliver: ({ event }) => this.deliver(event),
      refetch: () => this.read(),
      stopped: (code) => (this.error = new Failure(code)),
    })
  }

  private deliver(event: QueueDelivery['event']): void {
    if (!this.state) return
    this.state = afterQueueEvent(this.state, event)
    if (event.__typename === 'ChatLeftQueue') this.left(event.chatId, event.agent?.name ?? null)
    if (runsShort(this.state)) void this.load()
    else this.count()
  }
}
