import type { ResultOf } from '../graphql/tada'
import type { QueueEventsSubscription } from '../graphql/queue'
import type { ChatRow } from '../graphql/chats'

export type QueueDelivery = ResultOf<typeof QueueEventsSubscription>['queueEvents']
export type QueueEvent = QueueDelivery['event']

/** The head of one department's queue in the order to be served; `waiting` also counts those beyond `entries`. */
export interface QueueState {
  readonly entries: readonly ChatRow[]
  readonly waiting: number
}

/** Chats that one incident explains, at the place of the first of them; `waiting` also counts those not listed. */
export interface Lane {
  readonly incident: NonNullable<ChatRow['incident']>
  readonly chats: readonly ChatRow[]
  readonly waiting: number
}

/** How many wait by the incident that explains them, as the server counted last. */
export type Explained = ReadonlyMap<string, number>

/** The queue as it is drawn: an incident's chats in one lane, all others in the order they had. */
export function lanesOf({ entries, waiting }: QueueState, explained: Explained = new Map()): (ChatRow | Lane)[] {
  // Where all are listed, what is listed is newer than any count.
  const beyond = waiting > entries.length
  return entries.flatMap((chat): (ChatRow | Lane)[] => {
    const { incident } = chat
    if (!incident) return [chat]
    const chats = entries.filter((other) => other.incident?.id === incident.id)
    const counted = beyond ? (explained.get(incident.id) ?? 0) : 0
    return chats[0] === chat ? [{ incident, chats, waiting: Math.max(chats.length, counted) }] : []
  })
}

function without(state: QueueState, chatId: string): QueueState {
  const entries = state.entries.filter((entry) => entry.id !== chatId)
  return { ...state, entries }
}

function inserted(state: QueueState, chat: ChatRow, position: number): QueueState {
  const { entries, waiting } = state
  const index = position - 1
  // Beyond what is shown, and there are others between: it will come when the list is read again.
  if (index > entries.length && waiting > entries.length) return state
  return { ...state, entries: entries.toSpliced(Math.max(0, index), 0, chat) }
}

export function afterQueueEvent(state: QueueState, event: QueueEvent): QueueState {
  if (event.__typename === 'ChatLeftQueue') {
    const rest = without(state, event.chatId)
    return { ...rest, waiting: Math.max(rest.entries.length, state.waiting - 1) }
  }
  const known = state.entries.some((entry) => entry.id === event.chat.id)
  const moved = inserted(without(state, event.chat.id), event.chat, event.position)
  const joins = event.__typename === 'ChatQueued' && !known
  return { ...moved, waiting: Math.max(moved.entries.length, state.waiting + (joins ? 1 : 0)) }
}

/** True when so many left that the rows to show are fewer than those who wait. */
export function runsShort(state: QueueState): boolean {
  return state.entries.length < Math.min(10, state.waiting)
}
