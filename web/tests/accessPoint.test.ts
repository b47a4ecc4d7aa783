import { describe, expect, test } from 'vitest'
import { availabilityOf, latencyOf, lengthOf, percentOf, reasonOf } from '../src/admin/accessPoint'
import { stripOf } from '../src/admin/sampleStrip'
import { AccessPointDraft } from '../src/admin/accessPointDraft.svelte'
import { speak } from './language'

speak('pt-BR')

describe('what is told of an access point', () => {
  test('a delay has a digit behind the comma while it is short', () => {
    expect(latencyOf('PT0.0042S')).toBe('4,2 ms')
    expect(latencyOf('PT0.1284S')).toBe('128 ms')
    expect(latencyOf('PT0.0002S')).toBe('menos de 1 ms')
    expect(latencyOf(null)).toBe('—')
  })
  test('availability that is not whole is never shown as whole', () => {
    expect(availabilityOf(1)).toBe('100 %')
    expect(availabilityOf(0.999999)).toBe('99,99 %')
    expect(availabilityOf(0)).toBe('0 %')
    expect(availabilityOf(null)).toBe('—')
  })
  test('nothing told is not zero', () => {
    expect(percentOf(0)).toBe('0 %')
    expect(percentOf(null)).toBe('—')
    expect(percentOf(undefined)).toBe('—')
  })
  test('a length is told in days when it lasts for days', () => {
    expect(lengthOf(250_000)).toBe('4:10')
    expect(lengthOf(2 * 86_400_000 + 3_600_000)).toBe('2 d 1 h')
    expect(lengthOf(null)).toBe('—')
  })
})

describe('a draft of an access point', () => {
  const point = {
    id: '1',
    name: 'POP Centro',
    location: 'Centro',
    address: '203.0.113.7',
    status: 'ONLINE',
    since: '2026-11-23T10:00:00Z',
    flapping: false,
    latency: null,
    lastSeenAt: null,
    load: null,
    parent: { id: '2', name: 'Concentrador' },
    check: {
      kind: 'HTTP',
      port: 8443,
      path: '/estado',
      tls: true,
      interval: 'PT1M',
      timeout: 'PT5S',
      failAfter: 4,
      recoverAfter: 2,
      slowAbove: 'PT0.25S',
    },
  } as const

  test('gives back what it was given', () => {
    expect(new AccessPointDraft(point).input()).toEqual({
      name: 'POP Centro',
      location: 'Centro',
      address: '203.0.113.7',
      parentId: '2',
      check: {
        kind: 'HTTP',
        port: 8443,
        path: '/estado',
        tls: true,
        interval: 'PT60S',
        timeout: 'PT5S',
        failAfter: 4,
        recoverAfter: 2,
        slowAbove: 'PT0.25S',
      },
    })
  })
  test('a device that reports by itself is given no address, port or path', () => {
    const draft = new AccessPointDraft(point)
    draft.kind = 'HEARTBEAT'
    const { address, check } = draft.input()
    expect([address, check?.port, check?.path, check?.tls]).toEqual(['', null, null, false])
  })
})

describe('the strip of the last day', () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  const sample = (minutes: number, up: boolean | null, latency: string | null = null) => ({
    at: new Date(now - minutes * 60_000).toISOString(),
    up,
    latency,
  })

  test('has a column for each quarter of an hour, the newest last', () => {
    const { columns, down } = stripOf([sample(1, true, 'PT0.02S'), sample(23 * 60 + 50, false)], now)
    expect(columns).toHaveLength(96)
    expect(columns[95]?.sample?.up).toBe(true)
    expect(columns[0]).toMatchObject({ sample: { up: false }, height: 100 })
    expect(columns[50]?.sample).toBeNull()
    expect(down).toBe(1)
  })
  test('shows the failure of a quarter that also had an answer', () => {
    const { columns } = stripOf([sample(5, false), sample(2, true, 'PT0.02S')], now)
    expect(columns[95]?.sample?.up).toBe(false)
  })
  test('leaves out what is older than a day or not yet', () => {
    const { columns } = stripOf([sample(24 * 60 + 20, true), sample(-20, true)], now)
    expect(columns.every(({ sample }) => sample === null)).toBe(true)
  })
})

test('a reason is told in words, and what has none as it is', () => {
  expect(reasonOf('refused')).toBe('recusou a conexão')
  expect(reasonOf('status 503')).toBe('status 503')
  expect(reasonOf(null)).toBe('')
})
