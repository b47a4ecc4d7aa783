import { describe, expect, test } from 'vitest'
import { fits, nearestRank, workOut, worthOf } from '../src/admin/explain'
import { figuresPath, metricPath, periodOf, readMetric } from '../src/admin/metricFilter'
import type { Metric, MetricLeg } from '../src/graphql/metrics'

const leg = (given: Partial<MetricLeg>): MetricLeg => ({
  at: '2026-03-02T15:00:00Z',
  value: null,
  score: null,
  met: null,
  leg: null,
  chat: null,
  ...given,
})
const lasting = (...values: string[]) => values.map((value) => leg({ value }))
const metric = (given: Partial<Metric>) => given as Metric

describe('a figure from its legs', () => {
  test('is a mean and the ranks that enough of them do not exceed', () => {
    const worked = workOut('HANDLE_TIME', lasting('PT4M', 'PT1M', 'PT2M', 'PT3M'))
    expect(worked).toMatchObject({ n: 4, mean: 150_000, p50: 120_000, p90: 240_000 })
  })
  test('is nothing, and not zero, without legs', () => {
    expect(workOut('WAIT_TIME', [])).toMatchObject({ n: 0, mean: null, p50: null, p90: null })
    expect(workOut('ABANDONMENT', [])).toMatchObject({ n: 0, share: null })
  })
  test('is the share of those that it counts', () => {
    const legs = [leg({ met: true }), leg({ met: false }), leg({ met: false }), leg({ met: true })]
    expect(workOut('SERVICE_LEVEL', legs)).toMatchObject({ n: 4, met: 2, share: 0.5 })
  })
  test('is how many there are', () => expect(workOut('OFFERED', lasting('PT0S', 'PT0S'))).toMatchObject({ n: 2 }))
  test('is not known of occupancy', () => expect(workOut('OCCUPANCY', lasting('PT1M'))).toBeNull())

  test.each([
    [1, 50, 1],
    [2, 50, 1],
    [3, 50, 2],
    [10, 90, 9],
    [11, 90, 10],
  ])('of %i values the %i in a hundred is the %ith', (n, percent, expected) => {
    expect(
      nearestRank(
        Array.from({ length: n }, (_, place) => place + 1),
        percent,
      ),
    ).toBe(expected)
  })
})

describe('two ways to a figure', () => {
  const told = worthOf('WAIT_TIME', metric({ waitTime: { mean: 'PT1M0.333333S', p50: 'PT1M', p90: 'PT2M', n: 3 } }))
  const legs = lasting('PT0.001S', 'PT1M', 'PT2M0.999S')

  test('fit when the server only cut the microseconds', () => {
    const worked = workOut('WAIT_TIME', legs)!
    expect(fits(told, { ...worked, p90: 120_000 })).toBe(true)
  })
  test.each([{ n: 4 }, { mean: 61_000 }, { p50: 59_000 }, { p90: null }])('do not fit with %o', (other) => {
    expect(fits(told, { ...told, ...other })).toBe(false)
  })
  test('fit as rates of which only one says how many', () => {
    const rate = worthOf('ABANDONMENT', metric({ abandonment: 0.25 }))
    const worked = workOut(
      'ABANDONMENT',
      [true, false, false, false].map((met) => leg({ met })),
    )!
    expect(fits(rate, worked)).toBe(true)
    expect(fits(worthOf('ABANDONMENT', metric({ abandonment: 0.5 })), worked)).toBe(false)
  })
})

describe('the address of a figure', () => {
  const department = '0192f0c1-2b3c-7d4e-8f50-112233445566'

  test('holds the figure, the days and the department', () => {
    const path = metricPath({ figure: 'HANDLE_TIME', from: '2026-03-01', to: '', department })
    expect(path).toBe(`/admin/numeros?from=2026-03-01&department=${department}&figure=HANDLE_TIME`)
    expect(readMetric(new URL(path, 'http://desk').searchParams)).toEqual({
      figure: 'HANDLE_TIME',
      from: '2026-03-01',
      to: '',
      department,
    })
  })
  test('falls back to what is there', () => {
    const odd = new URLSearchParams('figure=NONE&from=yesterday&department=x')
    expect(readMetric(odd)).toEqual({ figure: 'OFFERED', from: '', to: '', department: '' })
  })
  test('names whole days, the last one included', () => {
    const now = new Date(2026, 2, 5, 12)
    const at = (day: number, hour = 0) => new Date(2026, 2, day, hour).toISOString()
    expect(periodOf({ from: '2026-03-01', to: '2026-03-02' }, now)).toEqual({ from: at(1), to: at(3) })
    expect(periodOf({ from: '2026-03-01', to: '' }, now)).toEqual({ from: at(1), to: at(5, 12) })
    expect(periodOf({ from: '', to: '2026-03-02' }, now)).toEqual({ from: at(2), to: at(3) })
    expect(periodOf({ from: '', to: '' }, now)).toBeNull()
  })
  test('has its file beside it', () => {
    expect(figuresPath({ from: 'A', to: 'B' }, '', 'day')).toBe('/api/v1/dashboard/metrics.csv?from=A&to=B&by=day')
  })
})
