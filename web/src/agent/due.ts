import type { Ticket } from '../graphql/tickets'

const soon = 24 * 3_600_000

/** How a ticket stands to its due date; one that has ended is never late. */
export function dueState(
  { status, dueAt }: Pick<Ticket, 'status' | 'dueAt'>,
  now: number,
): 'none' | 'later' | 'soon' | 'over' {
  if (!dueAt || status === 'CLOSED') return 'none'
  const left = Date.parse(dueAt) - now
  return left < 0 ? 'over' : left < soon ? 'soon' : 'later'
}
