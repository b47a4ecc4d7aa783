import { paths } from '../app/routes'

export const figures = [
  'OFFERED',
  'WAIT_TIME',
  'FIRST_RESPONSE',
  'HANDLE_TIME',
  'ACTIVE_HANDLE_TIME',
  'RESOLUTION',
  'SERVICE_LEVEL',
  'ABANDONMENT',
  'OCCUPANCY',
  'SATISFACTION',
] as const
export type Figure = (typeof figures)[number]

/** Which figure is explained, as the address says it; without days it is of the deployment's today so far. */
export interface MetricFilter {
  figure: Figure
  from: string
  to: string
  department: string
}

export interface Period {
  from: string
  to: string
}

const isDay = /^\d{4}-\d{2}-\d{2}$/
const isId = /^[0-9a-f-]{36}$/i

const matching = (pattern: RegExp, value: string | null) => (value && pattern.test(value) ? value : '')

/** Whatever an address holds; what means nothing narrows nothing. */
export function readMetric(address: URLSearchParams): MetricFilter {
  return {
    figure: figures.find((figure) => figure === address.get('figure')) ?? 'OFFERED',
    from: matching(isDay, address.get('from')),
    to: matching(isDay, address.get('to')),
    department: matching(isId, address.get('department')),
  }
}

/** Where a figure is explained. */
export function metricPath(filter: Partial<MetricFilter> & { figure: Figure }): string {
  const given = Object.entries({ from: '', to: '', department: '', ...filter })
  return `${paths.metrics}?${new URLSearchParams(given.filter(([, value]) => value)).toString()}`
}

const midnight = (day: string, plus = 0): Date => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + plus)
}

/** The half-open period of two days of the viewer's calendar; null for today, which only the server knows. */
export function periodOf({ from, to }: Pick<MetricFilter, 'from' | 'to'>, now: Date): Period | null {
  if (!from && !to) return null
  const end = to ? midnight(to, 1) : now
  const start = from ? midnight(from) : midnight(to)
  return { from: start.toISOString(), to: end.toISOString() }
}

/** Where the figures of the same period are downloaded, a line for each department, person or day. */
export function figuresPath(period: Period, department: string, by: 'department' | 'agent' | 'day'): string {
  const given = Object.entries({ ...period, department, by }).filter(([, value]) => value)
  return `/api/v1/dashboard/metrics.csv?${new URLSearchParams(given).toString()}`
}
