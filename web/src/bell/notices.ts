import type { Notice, NoticePage } from '../graphql/notifications'

/** What I was told, newest first, as far as it was read; `unread` counts beyond that. */
export interface Notices {
  readonly rows: readonly Notice[]
  readonly unread: number
  /** Where what is older begins; null when all is here. */
  readonly next: string | null
}

/** Ids are UUIDv7: their order is the order of time. */
function union(known: readonly Notice[], incoming: readonly Notice[]): Notice[] {
  const byId = new Map(known.map((notice) => [notice.id, notice]))
  for (const notice of incoming) byId.set(notice.id, notice)
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
}

const nextOf = ({ pageInfo }: NoticePage['notifications']) => (pageInfo.hasNextPage ? pageInfo.endCursor : null)

export function noticesOf({ notifications, unread }: NoticePage): Notices {
  return { rows: union([], notifications.nodes), unread: unread.totalCount, next: nextOf(notifications) }
}

/** The newest ones read again: what was paged in below them stays. */
export function withNewest(notices: Notices, page: NoticePage): Notices {
  const fresh = noticesOf(page)
  const last = fresh.rows.at(-1)?.id
  const older = last === undefined ? [] : notices.rows.filter(({ id }) => id < last)
  return { ...fresh, rows: [...fresh.rows, ...older], next: older.length ? notices.next : fresh.next }
}

export function withOlder(notices: Notices, { notifications, unread }: NoticePage): Notices {
  return { rows: union(notices.rows, notifications.nodes), unread: unread.totalCount, next: nextOf(notifications) }
}

/** A replay may tell again of what the list already showed: each counts once. */
export function afterNotice(notices: Notices, notice: Notice): Notices {
  const known = notices.rows.find(({ id }) => id === notice.id)
  const was = known && !known.readAt ? 1 : 0
  const unread = Math.max(0, notices.unread - was + (notice.readAt ? 0 : 1))
  return { ...notices, rows: union(notices.rows, [notice]), unread }
}

/** They read as read at once, before the server tells; without ids, all of them. */
export function afterReading(notices: Notices, ids: readonly string[] | null, at: string): Notices {
  const now = (notice: Notice) => !notice.readAt && (ids === null || ids.includes(notice.id))
  const count = ids === null ? notices.unread : notices.rows.filter(now).length
  const rows = notices.rows.map((notice) => (now(notice) ? { ...notice, readAt: at } : notice))
  return { ...notices, rows, unread: Math.max(0, notices.unread - count) }
}

export const unreadOf = (notices: Notices, chatId: string): string[] =>
  notices.rows.filter((notice) => !notice.readAt && notice.chatId === chatId).map(({ id }) => id)
