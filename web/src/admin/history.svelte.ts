import { ask } from '../graphql/client'
import { HistoryQuery } from '../graphql/chats'
import { PagedResource } from '../graphql/resource.svelte'
import type { ResultOf } from '../graphql/tada'

export type HistoryRow = ResultOf<typeof HistoryQuery>['chats']['nodes'][number]

/** Closed chats, the newest first. */
export class History {
  departmentId = $state('')
  readonly list = new PagedResource<HistoryRow>(async (after) => {
    const filter = { status: ['CLOSED' as const], departmentId: this.departmentId || null }
    return (await ask(HistoryQuery, { filter, after })).chats
  })
}
