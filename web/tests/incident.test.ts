import { describe, expect, test } from 'vitest'
import { actsOn } from '../src/admin/incident'
import type { Permission } from '../src/app/routes'

const holding =
  (...permissions: Permission[]) =>
  (permission: Permission) =>
    permissions.includes(permission)
const incident = (status: 'SUSPECTED' | 'CONFIRMED' | 'MONITORED' | 'RESOLVED', confirmedAt: string | null = null) => ({
  status,
  confirmedAt,
})
const then = '2026-11-22T12:00:00Z'

describe('what can be done about an incident', () => {
  test.each([
    [incident('SUSPECTED'), ['confirm', 'reply', 'monitor', 'resolve', 'dismiss']],
    [incident('CONFIRMED', then), ['edit', 'reply', 'monitor', 'resolve', 'dismiss']],
    [incident('MONITORED'), ['confirm', 'reply', 'resolve', 'dismiss']],
    [incident('RESOLVED', then), []],
  ])('%j by who manages the queue', (one, acts) => expect(actsOn(one, holding('QUEUE_MANAGE'))).toEqual(acts))
  test('is no reply for who manages the network alone', () =>
    expect(actsOn(incident('SUSPECTED'), holding('NETWORK_MANAGE'))).not.toContain('reply'))
  test('is nothing for who only looks', () =>
    expect(actsOn(incident('SUSPECTED'), holding('NETWORK_VIEW'))).toEqual([]))
})
