import { describe, expect, test } from 'vitest'
import { dayAndHour, endOfDay, fromLocal, toLocal } from '../src/time/dates'
import { clockTime, parseDuration, shortTime, toDuration } from '../src/time/duration'

describe('a duration', () => {
  test.each([
    ['PT4M10S', 250_000],
    ['PT0.5S', 500],
    ['PT0S', 0],
    ['P1DT2H', 93_600_000],
    ['PT90S', 90_000],
    ['-PT3S', -3_000],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

  test.each([null, undefined, '', 'P', 'PT', '4:10', 'PT4X'])('does not read %s', (text) =>
    expect(parseDuration(text)).toBeNull(),
  )

  test('is written in whole seconds', () => expect(toDuration(90.4)).toBe('PT90S'))
})

describe('a time', () => {
  test('has hours, minutes and seconds', () => expect(clockTime(3_725_000)).toBe('01:02:05'))
  test('that is unknown is a dash and not zero', () => expect(clockTime(null)).toBe('—'))
  test('that is zero is zero', () => expect(clockTime(0)).toBe('00:00:00'))
  test('is short in a row', () => {
    expect(shortTime(5_000)).toBe('0:05')
    expect(shortTime(250_000)).toBe('4:10')
    expect(shortTime(3_725_000)).toBe('1:02:05')
    expect(shortTime(45_296_000)).toBe('12:34:56')
    expect(shortTime(null)).toBe('—')
  })
})

describe('a moment in a form', () => {
  test('comes back as it went in', () =>
    expect(fromLocal(toLocal('2026-11-22T12:05:00.000Z'))).toBe('2026-11-22T12:05:00.000Z'))
  test('that is empty is none', () => {
    expect(fromLocal('')).toBeNull()
    expect(toLocal(null)).toBe('')
  })
})

test('a day names its year only when it is another one', () => {
  const today = new Date('2026-11-22T12:00:00')
  expect(dayAndHour('2026-11-23T14:05:00', today)).toBe('23/11, 14:05')
  expect(dayAndHour('2027-01-02T14:05:00', today)).toBe('02/01/2027, 14:05')
})

describe('a day that was chosen', () => {
  test('holds until its last second, here', () =>
    expect(new Date(endOfDay('2026-03-02') ?? '').toString()).toContain('Mar 02 2026 23:59:59'))
  test('is left out', () => expect(endOfDay('')).toBeNull())
})
