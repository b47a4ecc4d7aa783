import { SvelteMap } from 'svelte/reactivity'
import { router } from '../app/router.svelte'
import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { keepFresh } from '../graphql/keepFresh.svelte'
import {
  AccessPointsQuery,
  NetworkCursorQuery,
  NetworkSummaryQuery,
  type AccessPointRow,
  type AccessPointStatus,
  type NetworkDelivery,
  type NetworkSummary,
} from '../graphql/network'
import {
  CreateAccessPointMutation,
  DeleteAccessPointMutation,
  TestAccessPointMutation,
  UpdateAccessPointMutation,
  type AccessPointTrial,
} from '../graphql/networkActs'
import { Storm } from '../graphql/storm'
import { PagedResource, Resource } from '../graphql/resource.svelte'
import { followNetwork } from '../graphql/followNetwork'
import type { VariablesOf } from '../graphql/tada'
import { stateIn, statePath } from './networkStates'

export type AccessPointInput = VariablesOf<typeof CreateAccessPointMutation>['input']

const pageSize = 50

/** The access points of the network: narrowed by state and words or as a tree, and live. */
export class Network {
  search = $state('')
  status = $state(stateIn(router.search))
  /** Whether what hangs on another is shown below it; what is looked for is always shown as a list. */
  asTree = $state(false)
  readonly summary = new Resource<NetworkSummary>(async () => (await ask(NetworkSummaryQuery, {})).networkSummary)
  readonly list = new PagedResource<AccessPointRow>(async (after) => {
    const variables = {
      search: this.search.trim() || null,
      status: this.status ? [this.status] : null,
      roots: this.asTree && !this.narrowed,
      first: pageSize,
      after,
    }
    return (await ask(AccessPointsQuery, variables)).accessPoints
  })
  /** What hangs on each point that was opened in the tree. */
  readonly branches = new SvelteMap<string, PagedResource<AccessPointRow>>()
  /** A change moves counts, and what hangs below it. */
  private readonly storm = new Storm(() => {
    void this.summary.reload()
    for (const list of this.lists) if ((list.data?.nodes.length ?? 0) <= pageSize) void list.reload()
  })
  private timer: ReturnType<typeof setTimeout> | undefined

  get narrowed(): boolean {
    return this.status !== '' || this.search.trim() !== ''
  }

  constructor() {
    // Latencies move with every check, and are no event.
    keepFresh(this.list, pageSize)
    $effect(() => {
      const following = this.follow()
      return () => {
        this.storm.end()
        void following.then((leave) => leave())
      }
    })
  }

  /** Reads again once the person stops typing. */
  narrow(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.list.reload(), 250)
  }

  choose(status: AccessPointStatus | ''): void {
    this.status = status
    router.replace(statePath(status))
    void this.list.reload()
  }

  show(shape: 'list' | 'tree'): void {
    this.asTree = shape === 'tree'
    this.branches.clear()
    void this.list.reload()
  }

  /** Opens what hangs on a point, or closes it. */
  unfold(parentId: string, open: boolean): void {
    if (!open) this.branches.delete(parentId)
    else if (!this.branches.has(parentId))
      this.branches.set(
        parentId,
        new PagedResource(
          async (after) => (await ask(AccessPointsQuery, { parentId, first: pageSize, after })).accessPoints,
        ),
      )
  }

  async save(id: string | null, input: AccessPointInput): Promise<void> {
    if (id) accepted((await tell(UpdateAccessPointMutation, { id, input })).updateAccessPoint)
    else accepted((await tell(CreateAccessPointMutation, { input })).createAccessPoint)
    await this.reload()
  }

  /** Checks once what is being written, and keeps nothing of it. */
  async test(input: AccessPointInput): Promise<AccessPointTrial | null> {
    return accepted((await tell(TestAccessPointMutation, { input })).testAccessPoint).trial
  }

  async remove(id: string): Promise<void> {
    accepted((await tell(DeleteAccessPointMutation, { id })).deleteAccessPoint)
    await this.reload()
  }

  /** From a cursor that is older than what is shown, so that nothing between the two is missed. */
  private async follow(): Promise<() => void> {
    return followNetwork({
      // Where that cannot be read the list says so itself; the stream then begins with whatever comes next.
      cursor: await this.cursor().catch(() => null),
      deliver: ({ event }) => this.deliver(event),
      refetch: () => this.cursor(),
    })
  }

  private async cursor(): Promise<string | null> {
    const { networkCursor } = await ask(NetworkCursorQuery, {})
    await this.reload()
    return networkCursor
  }

  async reload(): Promise<void> {
    await Promise.all([this.summary.reload(), ...this.lists.map((list) => list.reload())])
  }

  private deliver(event: NetworkDelivery['event']): void {
    if (event.__typename === 'AccessPointChanged') for (const list of this.lists) list.replace(event.accessPoint)
    this.storm.moved()
  }

  private get lists(): PagedResource<AccessPointRow>[] {
    return [this.list, ...this.branches.values()]
  }
}
