import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { keepFresh } from '../graphql/keepFresh.svelte'
import {
  AccessPointsQuery,
  NetworkCursorQuery,
  NetworkEventsSubscription,
  NetworkSummaryQuery,
  type AccessPoint,
  type AccessPointStatus,
  type NetworkDelivery,
  type NetworkSummary,
} from '../graphql/network'
import { CreateAccessPointMutation, DeleteAccessPointMutation, UpdateAccessPointMutation } from '../graphql/networkActs'
import { PagedResource, Resource } from '../graphql/resource.svelte'
import { resume } from '../graphql/resume'
import { open } from '../graphql/socket.svelte'
import type { VariablesOf } from '../graphql/tada'

export type AccessPointInput = VariablesOf<typeof CreateAccessPointMutation>['input']

const pageSize = 50

/** The access points of the network: narrowed by state and words, and live. */
export class Network {
  search = $state('')
  status = $state<AccessPointStatus | ''>('')
  readonly summary = new Resource<NetworkSummary>(async () => (await ask(NetworkSummaryQuery, {})).networkSummary)
  readonly list = new PagedResource<AccessPoint>(async (after) => {
    const variables = {
      search: this.search.trim() || null,
      status: this.status ? [this.status] : null,
      first: pageSize,
      after,
    }
    return (await ask(AccessPointsQuery, variables)).accessPoints
  })
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    // Latencies move with every check, and are no event.
    keepFresh(this.list, pageSize)
    $effect(() => {
      const following = this.follow()
      return () => void following.then((leave) => leave())
    })
  }

  /** Reads again once the person stops typing. */
  narrow(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.list.reload(), 250)
  }

  choose(status: AccessPointStatus | ''): void {
    this.status = status
    void this.list.reload()
  }

  async save(id: string | null, input: AccessPointInput): Promise<void> {
    if (id) accepted((await tell(UpdateAccessPointMutation, { id, input })).updateAccessPoint)
    else accepted((await tell(CreateAccessPointMutation, { input })).createAccessPoint)
    await this.reload()
  }

  async remove(id: string): Promise<void> {
    accepted((await tell(DeleteAccessPointMutation, { id })).deleteAccessPoint)
    await this.reload()
  }

  /** From a cursor that is older than what is shown, so that nothing between the two is missed. */
  private async follow(): Promise<() => void> {
    return resume<NetworkDelivery>({
      // Where that cannot be read the list says so itself; the stream then begins with whatever comes next.
      cursor: await this.cursor().catch(() => null),
      open: (after, sink) =>
        open(
          NetworkEventsSubscription,
          {},
          (data: { networkEvents: NetworkDelivery }) => data.networkEvents,
          after,
          sink,
        ),
      deliver: ({ event }) => this.deliver(event),
      refetch: () => this.cursor(),
    })
  }

  private async cursor(): Promise<string | null> {
    const { networkCursor } = await ask(NetworkCursorQuery, {})
    await this.reload()
    return networkCursor
  }

  private async reload(): Promise<void> {
    await Promise.all([this.list.reload(), this.summary.reload()])
  }

  private deliver(event: NetworkDelivery['event']): void {
    if (event.__typename === 'AccessPointChanged') this.list.replace(event.accessPoint)
    void this.summary.reload()
    // What no longer belongs to the chosen state leaves the list, and what newly does comes in.
    if (this.status || event.__typename === 'AccessPointDeleted') this.narrow()
  }
}
