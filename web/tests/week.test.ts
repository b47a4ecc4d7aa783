import { describe, expect, test } from 'vitest'
import { nextStretch, problemOf, toHours, toWeek, type OpenHours } from '../src/admin/week'

const hours: OpenHours[] = [
  { weekday: 'MONDAY', opens: '08:00', closes: '12:00' },
  { weekday: 'MONDAY', opens: '13:00', closes: '18:00' },
  { weekday: 'SATURDAY', opens: '20:00', closes: '24:00' },
]

describe('the week of a department', () => {
  test('comes back from the form as it was, the end of the day as 00:00 in between', () => {
    const week = toWeek(hours)
    expect(week.SATURDAY).toEqual([{ opens: '20:00', closes: '00:00' }])
    expect(week.SUNDAY).toEqual([])
    expect(toHours(week)).toEqual(hours)
  })

  test('offers a whole day, then from where the last stretch ends', () => {
    expect(nextStretch([])).toEqual({ opens: '08:00', closes: '18:00' })
    expect(nextStretch([{ opens: '08:00', closes: '12:00' }])).toEqual({ opens: '12:00', closes: '00:00' })
    expect(nextStretch([{ opens: '08:00', closes: '00:00' }])).toEqual({ opens: '', closes: '' })
  })

  test.each([
    [[], undefined],
    [[['08:00', '00:00']], undefined],
    [[['00:00', '00:00']], undefined],
    [
      [
        ['13:00', '18:00'],
        ['08:00', '13:00'],
      ],
      undefined,
    ],
    [[['08:00', '']], 'missing'],
    [[['18:00', '08:00']], 'backwards'],
    [[['08:00', '08:00']], 'backwards'],
    [
      [
        ['13:00', '18:00'],
        ['08:00', '13:01'],
      ],
      'crossed',
    ],
    [
      [
        ['08:00', '00:00'],
        ['20:00', '22:00'],
      ],
      'crossed',
    ],
  ] as const)('says of %j: %s', (day, problem) => {
    expect(problemOf(day.map(([opens = '', closes = '']) => ({ opens, closes })))).toBe(problem)
  })
})
