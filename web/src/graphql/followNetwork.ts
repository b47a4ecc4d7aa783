import { NetworkEventsSubscription, type NetworkDelivery } from './network'
import { resume } from './resume'
import { open } from './socket.svelte'

interface Following {
  cursor: string | null
  deliver: (delivery: NetworkDelivery) => void
  /** Reads anew, and returns the cursor from which to go on. */
  refetch: () => Promise<string | null>
}

/** What happens in the network from a cursor on, until the returned function is called. */
export function followNetwork(following: Following): () => void {
  return resume<NetworkDelivery>({
    ...following,
    open: (after, sink) =>
      open(
        NetworkEventsSubscription,
        {},
        (data: { networkEvents: NetworkDelivery }) => data.networkEvents,
        after,
        sink,
      ),
  })
}
