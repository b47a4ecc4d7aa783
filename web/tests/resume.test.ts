import { beforeEach, describe, expect, test, vi } from 'vitest'
import { backoff } from '../src/graphql/backoff'
import { resume, type Sink } from '../src/graphql/resume'

type Delivery = { cursor: string | null; name: string }

const settled = () => new Promise((done) => setTimeout(done))

describe('a resumed stream', () => {
  let sinks: Sink<Delivery>[]
  let cursors: (string | null)[]
  let waits: number[]
  let got: string[]
  let stopped: string[]
  let left: number[]
  const refetch = vi.fn(async (): Promise<string | null> => 'fresh')

  function start(cursor: string | null = 'c0') {
    return resume<Delivery>({
      cursor,
      open(after, sink) {
        cursors.push(after())
        sinks.push(sink)
        const mine = sinks.length
        return () => left.push(mine)
      },
      deliver: ({ name }) => got.push(name),
      refetch,
      stopped: (code) => stopped.push(code),
      later: (run, ms) => {
        waits.push(ms)
        run()
      },
    })
  }
  const last = () => sinks.at(-1)!

  beforeEach(() => {
    sinks = []
    cursors = []
    waits = []
    got = []
    stopped = []
    left = []
    refetch.mockReset().mockResolvedValue('fresh')
  })

  test('starts after the cursor of what was read', () => {
    start()
    expect(cursors).toEqual(['c0'])
  })

  test('goes on from the last cursor it saw when it lagged', () => {
    start()
    last().next({ cursor: 'c1', name: 'one' })
    last().next({ cursor: null, name: 'typing' })
    last().fail('LAGGED')
    expect(cursors).toEqual(['c0', 'c1'])
    expect(waits).toEqual([0])
    expect(refetch).not.toHaveBeenCalled()
  })

  test('leaves what failed before it tries again, and waits longer each time', () => {
    start()
    for (let failed = 0; failed < 3; failed++) {
      // As an inbox does at every start: from where it was asked to begin.
      last().next({ cursor: 'c0', name: 'presence' })
      last().fail('INTERNAL')
    }
    expect(left.slice(-3)).toEqual([1, 2, 3])
    expect(sinks.length).toBe(4)
    expect(waits[0]).toBe(0)
    expect(waits[2]).toBeGreaterThan(0)
  })

  test('gives the newest cursor to a socket that comes back by itself', () => {
    let after = () => null as string | null
    resume<Delivery>({
      cursor: 'c0',
      open(read, sink) {
        after = read
        sinks.push(sink)
        return () => {}
      },
      deliver: () => {},
      refetch,
    })
    last().next({ cursor: 'c7', name: 'seven' })
    expect(after()).toBe('c7')
  })

  test('reads everything again when its cursor is too old', async () => {
    start()
    last().fail('RESYNC')
    await settled()
    expect(refetch).toHaveBeenCalledOnce()
    expect(cursors).toEqual(['c0', 'fresh'])
  })

  test('tries again later when reading everything fails too', async () => {
    refetch.mockRejectedValueOnce(new Error('away'))
    start()
    last().fail('RESYNC')
    await settled()
    expect(cursors).toEqual(['c0', 'c0'])
  })

  test.each(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'])('ends for good on %s', (code) => {
    start()
    last().fail(code)
    expect(stopped).toEqual([code])
    expect(cursors).toEqual(['c0'])
  })

  test('waits longer and longer while it keeps failing, and not after it worked', () => {
    start()
    last().fail('INTERNAL')
    last().fail('INTERNAL')
    last().fail('INTERNAL')
    expect(waits[0]).toBe(0)
    expect(waits[1]).toBeGreaterThanOrEqual(500)
    expect(waits[2]).toBeGreaterThanOrEqual(1000)
    last().next({ cursor: 'c1', name: 'works' })
    last().fail('LAGGED')
    expect(waits[3]).toBe(0)
  })

  test('hears nothing of a stream it has left', () => {
    const leave = start()
    const sink = last()
    leave()
    sink.next({ cursor: 'c1', name: 'late' })
    sink.fail('LAGGED')
    expect(got).toEqual([])
    expect(cursors).toEqual(['c0'])
  })

  test('hears a failure of one opening only once', () => {
    start()
    const first = last()
    first.fail('LAGGED')
    first.fail('COMPLETE')
    expect(cursors).toHaveLength(2)
  })
})

test('the wait before trying again grows from half a second to half a minute', () => {
  expect(backoff(0, () => 1)).toBe(500)
  expect(backoff(3, () => 1)).toBe(4000)
  expect(backoff(20, () => 1)).toBe(30_000)
  expect(backoff(20, () => 0)).toBe(15_000)
})
