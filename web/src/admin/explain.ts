import type { Metric, MetricLeg, Stats } from '../graphql/metrics'
import { parseDuration } from '../time/duration'
import type { Figure } from './metricFilter'

/** A figure, whoever worked it out; what does not belong to its kind is null. Durations are milliseconds. */
export interface Worth {
  n: number | null
  mean: number | null
  p50: number | null
  p90: number | null
  /** How many of the n a rate counts, and their share. */
  met: number | null
  share: number | null
}

const nothing: Worth = { n: null, mean: null, p50: null, p90: null, met: null, share: null }

export type Kind = 'count' | 'duration' | 'rate' | 'occupancy'

export function kindOf(figure: Figure): Kind {
  if (figure === 'OFFERED') return 'count'
  if (figure === 'OCCUPANCY') return 'occupancy'
  return figure === 'SERVICE_LEVEL' || figure === 'ABANDONMENT' || figure === 'SATISFACTION' ? 'rate' : 'duration'
}

const told = (stats: Stats | undefined): Worth =>
  stats
    ? {
        ...nothing,
        n: stats.n,
        mean: parseDuration(stats.mean),
        p50: parseDuration(stats.p50),
        p90: parseDuration(stats.p90),
      }
    : nothing

/** What the server says that a figure is. */
export function worthOf(figure: Figure, metric: Metric): Worth {
  const share = (value: number | null | undefined): Worth => ({ ...nothing, share: value ?? null })
  const read: Record<Figure, () => Worth> = {
    OFFERED: () => ({ ...nothing, n: metric.offered ?? null }),
    WAIT_TIME: () => told(metric.waitTime),
    FIRST_RESPONSE: () => told(metric.firstResponse),
    HANDLE_TIME: () => told(metric.handleTime),
    ACTIVE_HANDLE_TIME: () => told(metric.activeHandleTime),
    RESOLUTION: () => told(metric.resolution),
    SERVICE_LEVEL: () => share(metric.serviceLevel),
    ABANDONMENT: () => share(metric.abandonment),
    OCCUPANCY: () => share(metric.occupancy),
    SATISFACTION: () => ({ ...share(metric.satisfaction?.positive), n: metric.satisfaction?.answers ?? null }),
  }
  return read[figure]()
}

/** The smallest value that at least that share of the cases does not exceed: the server's definition (docs/metrics.md). */
export function nearestRank(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(1, Math.ceil((sorted.length * percent) / 100)) - 1] ?? null
}

/** The same figure, worked out from its legs alone; null for occupancy, which needs the time online as well. */
export function workOut(figure: Figure, legs: readonly MetricLeg[]): Worth | null {
  const n = legs.length
  switch (kindOf(figure)) {
    case 'occupancy':
      return null
    case 'count':
      return { ...nothing, n }
    case 'rate': {
      const met = legs.filter((leg) => leg.met).length
      return { ...nothing, n, met, share: n ? met / n : null }
    }
    case 'duration': {
      const values = legs.map((leg) => parseDuration(leg.value) ?? 0).sort((one, other) => one - other)
      const mean = n ? values.reduce((sum, value) => sum + value, 0) / n : null
      return { ...nothing, n, mean, p50: nearestRank(values, 50), p90: nearestRank(values, 90) }
    }
  }
}

/** Whether two ways to a figure came to the same, as far as both say anything; means are told by the microsecond. */
export function fits(one: Worth, other: Worth): boolean {
  const near = (key: keyof Worth, within: number) =>
    one[key] === null || other[key] === null
      ? one[key] === other[key] || key === 'n' || key === 'met'
      : Math.abs(one[key] - other[key]) <= within
  return (
    near('n', 0) && near('met', 0) && near('mean', 0.5) && near('p50', 0.5) && near('p90', 0.5) && near('share', 1e-9)
  )
}
