import type { ResultOf } from '../graphql/tada'
import type { InboxEventsSubscription } from '../graphql/queue'
import type { ChatRow } from '../graphql/chats'

export type InboxDelivery = ResultOf<typeof InboxEventsSubscription>['inboxEvents']
export type InboxEvent = InboxDelivery['event']
export type Inbox = readonly ChatRow[]

function order(rows: Inbox): Inbox {
  const spoken = (row: ChatRow) => row.lastMessage?.sentAt ?? row.queuedAt ?? ''
  return rows.toSorted((a, b) => spoken(b).localeCompare(spoken(a)))
}

export function inboxOf(chats: Inbox): Inbox {
  return order(chats.filter((chat) => chat.status === 'ACTIVE'))
}

/** An older picture of the same chat may arrive late: what has been said never goes back. */
function isOlder(incoming: ChatRow, known: ChatRow): boolean {
  return (incoming.lastMessage?.seq ?? 0) < (known.lastMessage?.seq ?? 0)
}

export function afterInboxEvent(inbox: Inbox, event: InboxEvent): Inbox {
  if (event.__typename === 'PresenceChanged') return inbox
  if (event.__typename === 'ChatUnassigned') return inbox.filter((row) => row.id !== event.chatId)
  const { chat } = event
  const known = inbox.find((row) => row.id === chat.id)
  if (chat.status !== 'ACTIVE') return inbox.filter((row) => row.id !== chat.id)
  // Activity of a chat that left us (or is not ours yet) must not bring it in: only an assignment does.
  if (!known && event.__typename === 'ChatActivity') return inbox
  if (known && isOlder(chat, known)) return inbox
  return order([chat, ...inbox.filter((row) => row.id !== chat.id)])
}

/** The row reads as read at once, before the server tells. */
export function afterReading(inbox: Inbox, chatId: string): Inbox {
  return inbox.map((row) => (row.id === chatId && row.unread ? { ...row, unread: 0 } : row))
}
