import { expect, test } from 'vitest'
import { answerOf, daysAgo, events, healthOf, readable } from '../src/admin/webhook'

test.each([
  [{ active: false, failingSince: '2026-03-02T15:00:00Z', failed: 3 }, 'off'],
  [{ active: true, failingSince: '2026-03-02T15:00:00Z', failed: 3 }, 'failing'],
  [{ active: true, failingSince: null, failed: 3 }, 'lost'],
  [{ active: true, failingSince: null, failed: 0 }, 'well'],
])('%j does %s', (webhook, health) => expect(healthOf(webhook)).toBe(health))

test.each([
  [{ statusCode: 204, error: null, took: 'PT0.042S' }, 'HTTP 204, 42 ms'],
  [{ statusCode: 500, error: 'refused_status', took: 'PT1.5S' }, 'HTTP 500, 1500 ms'],
  [{ statusCode: null, error: 'timeout', took: 'PT10S' }, 'não respondeu em 10 s, 10000 ms'],
  [{ statusCode: null, error: 'something_new', took: null }, 'something_new'],
  [{ statusCode: null, error: null, took: null }, '—'],
])('an attempt with %j is told as %s', (attempt, words) => expect(answerOf(attempt)).toBe(words))

test('a body is read line by line, and one that is no JSON as it is', () => {
  expect(readable('{"type":"chat.closed"}')).toBe('{\n  "type": "chat.closed"\n}')
  expect(readable('<html>')).toBe('<html>')
})

test('days are counted back from now', () =>
  expect(daysAgo(3, Date.parse('2026-03-05T12:00:00Z'))).toBe('2026-03-02T12:00:00.000Z'))

test('the form offers every event', () => expect(events).toHaveLength(7))
