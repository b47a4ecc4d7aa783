import type { VariablesOf } from '../graphql/tada'
import type { HistoryQuery } from '../graphql/history'

type ChatFilter = NonNullable<VariablesOf<typeof HistoryQuery>['filter']>

export const channels = ['WIDGET', 'WHATSAPP', 'TELEGRAM', 'API', 'INTERNAL'] as const
export const categories = ['OUTAGE', 'SLOW', 'WIFI', 'BILLING', 'OTHER'] as const
export const reasons = ['RESOLVED', 'CUSTOMER_LEFT', 'INACTIVITY', 'ABANDONED', 'ADMIN', 'INCIDENT'] as const
export const scores = ['5', '4', '3', '2', '1', '1,2', '4,5'] as const
const every = '1,2,3,4,5'

/** What the history shows, as the address says it: a link to any state of the screen is the screen's own address. */
export interface HistoryFilter {
  view: '' | 'ratings'
  q: string
  from: string
  to: string
  department: string
  agent: string
  customer: string
  channel: string
  category: string
  reason: string
  score: string
}

const names = [
  'view',
  'q',
  'from',
  'to',
  'department',
  'agent',
  'customer',
  'channel',
  'category',
  'reason',
  'score',
] as const
const isDay = /^\d{4}-\d{2}-\d{2}$/
const isId = /^[0-9a-f-]{36}$/i

const among = (values: readonly string[], value: string) => (values.includes(value) ? value : '')
const matching = (pattern: RegExp, value: string) => (pattern.test(value) ? value : '')

/** Whatever an address holds; what means nothing narrows nothing. */
export function readFilter(address: URLSearchParams): HistoryFilter {
  const given = (name: (typeof names)[number]) => address.get(name) ?? ''
  return {
    view: given('view') === 'ratings' ? 'ratings' : '',
    q: given('q').slice(0, 200),
    from: matching(isDay, given('from')),
    to: matching(isDay, given('to')),
    department: matching(isId, given('department')),
    agent: matching(isId, given('agent')),
    customer: matching(isId, given('customer')),
    channel: among(channels, given('channel')),
    category: among(categories, given('category')),
    reason: among(reasons, given('reason')),
    score: among(scores, given('score')),
  }
}

const asked = (values: Record<string, string>) =>
  new URLSearchParams(Object.entries(values).filter(([, value]) => value))

/** `?q=fibra&department=…`, or nothing where nothing narrows. */
export function writeFilter(filter: HistoryFilter): string {
  const query = asked({ ...filter }).toString()
  return query ? `?${query}` : ''
}

export const narrows = (filter: HistoryFilter): boolean => names.some((name) => name !== 'view' && filter[name] !== '')

/** The viewer's days as moments; what is open at one end reaches as far as there is anything. */
function period({ from, to }: HistoryFilter): { from: string; to: string } | null {
  if (!from && !to) return null
  const end = to ? new Date(`${to}T00:00`) : new Date()
  end.setDate(end.getDate() + 1)
  return { from: new Date(`${from || '2000-01-01'}T00:00`).toISOString(), to: end.toISOString() }
}

/** The same as the filter of `chats`. */
export function asVariables(filter: HistoryFilter): VariablesOf<typeof HistoryQuery> {
  const { view, q, department, agent, customer, channel, category, reason, score } = filter
  const list = <T extends string>(value: string) => (value ? [value as T] : null)
  const rated = view === 'ratings'
  const search = q.trim()
  return {
    filter: {
      status: ['CLOSED'],
      departmentId: department || null,
      agentId: agent || null,
      customerId: customer || null,
      channel: list<NonNullable<ChatFilter['channel']>[number]>(channel),
      category: list<NonNullable<ChatFilter['category']>[number]>(category),
      closeReason: list<NonNullable<ChatFilter['closeReason']>[number]>(reason),
      score: score || rated ? (score || every).split(',').map(Number) : null,
      closedIn: rated ? null : period(filter),
      ratedIn: rated ? period(filter) : null,
      search: search || null,
    },
    orderBy: rated ? 'RECENTLY_RATED' : 'RECENTLY_CLOSED',
    search,
  }
}

/** Where the same chats are downloaded. */
export function exportPath(filter: HistoryFilter, form: 'csv' | 'json'): string {
  const query = asked({ ...filter, q: filter.q.trim(), ...period(filter) }).toString()
  return `/exports/history.${form}${query ? `?${query}` : ''}`
}
