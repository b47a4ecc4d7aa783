import { describe, expect, test } from 'vitest'
import { callsFor, mayRing, rings } from '../src/bell/calling'
import { titled } from '../src/bell/title'
import { notice } from './notices'

const away = { hidden: true, openChat: 'c1' }
const elsewhere = { hidden: false, openChat: 'c2' }
const nowhere = { hidden: false, openChat: null }
const there = { hidden: false, openChat: 'c1' }

describe('the bell calls', () => {
  test('for another chat than the one that is open, and for any while the page is hidden', () => {
    expect([away, elsewhere, nowhere].map((gaze) => callsFor(notice('n1'), gaze))).toEqual([true, true, true])
  })

  test('not for the chat that stands open before my eyes', () => expect(callsFor(notice('n1'), there)).toBe(false))

  test('not for what was read elsewhere before it came', () =>
    expect(callsFor(notice('n1', { readAt: '2026-11-22T13:00:00Z' }), away)).toBe(false))

  test('for what is about no chat', () => expect(callsFor(notice('n1', { chatId: null }), nowhere)).toBe(true))
})

describe('the bell rings', () => {
  test.each(['CHAT_WAITING', 'CHAT_ASSIGNED', 'CHAT_MESSAGE'] as const)('for %s', (kind) => {
    expect(rings(notice('n1', { kind }), elsewhere)).toBe(true)
    expect(rings(notice('n1', { kind }), there)).toBe(false)
  })

  test.each(['CHAT_RETURNED', 'TICKET_OVERDUE'] as const)('not for %s, which can wait', (kind) =>
    expect(rings(notice('n1', { kind }), away)).toBe(false),
  )

  test('never twice within two seconds', () => {
    expect(mayRing(0, 1_000_000)).toBe(true)
    expect(mayRing(1_000_000, 1_001_999)).toBe(false)
    expect(mayRing(1_000_000, 1_002_000)).toBe(true)
  })

  test('again after the clock was set back', () => expect(mayRing(1_000_000, 5_000)).toBe(true))
})

describe("the page's title", () => {
  test('shows what is unread before it', () => expect(titled('Atender · AliDash', 3)).toBe('(3) Atender · AliDash'))
  test('shows one count only', () => expect(titled('(3) Atender · AliDash', 4)).toBe('(4) Atender · AliDash'))
  test('says no more than 99+', () => expect(titled('Atender', 100)).toBe('(99+) Atender'))
  test('loses the count with the last one', () => expect(titled('(99+) Atender', 0)).toBe('Atender'))
})
