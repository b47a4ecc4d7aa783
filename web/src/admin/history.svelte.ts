import { router } from '../app/router.svelte'
import { paths } from '../app/routes'
import { ask } from '../graphql/client'
import { HistoryQuery } from '../graphql/history'
import { PagedResource, Resource } from '../graphql/resource.svelte'
import type { ResultOf } from '../graphql/tada'
import { UsersQuery } from '../graphql/users'
import { asVariables, readFilter, writeFilter, type HistoryFilter } from './historyFilter'

export type HistoryRow = ResultOf<typeof HistoryQuery>['chats']['nodes'][number]

/** Closed chats as the address asks for them. */
export class History {
  filter = $derived(readFilter(router.search))
  readonly list = new PagedResource<HistoryRow>(async (after) => {
    const asked = writeFilter(this.filter)
    const { chats } = await ask(HistoryQuery, { ...asVariables(this.filter), after })
    this.answered = asked
    return chats
  })
  private answered = $state<string>()
  /** Whether the list is the answer to what is asked for now. */
  readonly current = $derived(this.answered === writeFilter(this.filter))
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    let shown = writeFilter(this.filter)
    $effect(() => {
      const wanted = writeFilter(this.filter)
      if (wanted !== shown) void this.list.reload()
      shown = wanted
    })
  }

  /** Choose something: a step that the browser's way back undoes. */
  narrow = (change: Partial<HistoryFilter>): void => {
    clearTimeout(this.timer)
    router.go(paths.history + writeFilter({ ...this.filter, ...change }))
  }

  /** Type words: the address follows once the person stops, without a step for each letter. */
  type = (q: string): void => {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => router.replace(paths.history + writeFilter({ ...this.filter, q })), 300)
  }
}

/** Who may be chosen as the agent; nobody where the viewer may not see the staff. */
export const agentNames = () =>
  new Resource(async () => {
    const variables = { search: null, role: null, active: null, first: 100, after: null }
    return (await ask(UsersQuery, variables)).users.nodes.map(({ id, name }) => ({ id, name }))
  })
