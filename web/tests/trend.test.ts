import { describe, expect, test } from 'vitest'
import { grown, points, trend } from '../src/admin/trend'

describe('a trend', () => {
  test('is the share by which a figure moved', () => {
    expect(trend(15, 10)).toEqual({ direction: 'up', by: 0.5 })
    expect(trend(5, 10)).toEqual({ direction: 'down', by: 0.5 })
  })
  test('is the same below half a percent', () => expect(trend(1004, 1000)).toEqual({ direction: 'same', by: 0 }))
  test('needs something to compare with', () => {
    expect(trend(5, 0)).toBeNull()
    expect(trend(5, null)).toBeNull()
    expect(trend(null, 5)).toBeNull()
  })
  test('to nothing is a fall by all of it', () => expect(trend(0, 4)).toEqual({ direction: 'down', by: 1 }))
})

describe('points', () => {
  test('are the difference of two shares, also against none at all', () => {
    expect(points(0.75, 0.5)).toEqual({ direction: 'up', by: 0.25 })
    expect(points(0, 0.25)).toEqual({ direction: 'down', by: 0.25 })
    expect(points(0.5, 0)).toEqual({ direction: 'up', by: 0.5 })
  })
  test('need both', () => expect(points(null, 0.5)).toBeNull())
})

describe('an age', () => {
  test('grows from when it was told', () => expect(grown(5000, 1000, 4000)).toBe(8000))
  test('does not shrink when the clock was set back', () => expect(grown(5000, 4000, 1000)).toBe(5000))
  test('of nobody stays none', () => expect(grown(null, 1000, 4000)).toBeNull())
})
