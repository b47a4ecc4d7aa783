import { ask } from '../graphql/client'
import { IncidentCursorQuery, IncidentEventsSubscription, type IncidentDelivery } from '../graphql/incidentEvents'
import { resume } from '../graphql/resume'
import { open } from '../graphql/socket.svelte'

/** A burst of events is one reading. */
const settle = 300

/** Calls back when an incident moved, as long as the screen is there: from a cursor older than what is read first. */
export function followIncidents(moved: (id: string) => void, readAnew: () => Promise<void>): void {
  const cursor = async (): Promise<string | null> => {
    const { incidentCursor } = await ask(IncidentCursorQuery, {})
    await readAnew()
    return incidentCursor
  }
  const follow = async () =>
    resume<IncidentDelivery>({
      // Where that cannot be read the list says so itself; the stream then begins with whatever comes next.
      cursor: await cursor().catch(() => null),
      open: (after, sink) =>
        open(
          IncidentEventsSubscription,
          {},
          (data: { incidentEvents: IncidentDelivery }) => data.incidentEvents,
          after,
          sink,
        ),
      deliver: ({ event }) => moved(event.incident.id),
      refetch: cursor,
    })
  $effect(() => {
    const following = follow()
    return () => void following.then((leave) => leave())
  })
}

/** Does something a moment later, once for all that asked for it until then. */
export function settled(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  $effect(() => () => clearTimeout(timer))
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined
      work()
    }, settle)
  }
}
