import { describe, expect, test } from 'vitest'
import { afterQueueEvent, lanesOf, runsShort, type QueueState } from '../src/agent/queue'
import { row } from './chats'

const two: QueueState = { entries: [row('a'), row('b')], waiting: 2 }
const ids = (state: QueueState) => state.entries.map(({ id }) => id)
const queued = (id: string, position: number) => ({ __typename: 'ChatQueued' as const, chat: row(id), position })
const left = (chatId: string) => ({ __typename: 'ChatLeftQueue' as const, chatId, reason: 'CLAIMED', agent: null })

describe('the queue', () => {
  test('puts a newcomer at its position', () => {
    const state = afterQueueEvent(two, queued('urgent', 1))
    expect(ids(state)).toEqual(['urgent', 'a', 'b'])
    expect(state.waiting).toBe(3)
  })

  test('does not count a chat twice when it is told again', () => {
    const state = afterQueueEvent(two, queued('b', 2))
    expect(ids(state)).toEqual(['a', 'b'])
    expect(state.waiting).toBe(2)
  })

  test('loses a chat that somebody took', () => {
    const state = afterQueueEvent(two, left('a'))
    expect(ids(state)).toEqual(['b'])
    expect(state.waiting).toBe(1)
  })

  test('moves a chat whose priority changed', () => {
    const state = afterQueueEvent(two, { __typename: 'ChatReordered', chat: row('b'), position: 1 })
    expect(ids(state)).toEqual(['b', 'a'])
    expect(state.waiting).toBe(2)
  })

  test('only counts those who join beyond what is shown', () => {
    const state = afterQueueEvent({ ...two, waiting: 60 }, queued('far', 61))
    expect(ids(state)).toEqual(['a', 'b'])
    expect(state.waiting).toBe(61)
  })

  test('never counts fewer than it shows', () => {
    expect(afterQueueEvent({ entries: [], waiting: 0 }, left('x')).waiting).toBe(0)
  })

  test('asks to be read again when its head runs short', () => {
    expect(runsShort({ entries: [row('a')], waiting: 40 })).toBe(true)
    expect(runsShort(two)).toBe(false)
  })
})

describe('the chats that an incident explains', () => {
  const incident = { id: 'i1', title: 'POP Norte' }
  const of = (lines: ReturnType<typeof lanesOf>) =>
    lines.map((line) => ('chats' in line ? line.chats.map(({ id }) => id) : line.id))

  const whole = (entries: QueueState['entries']): QueueState => ({ entries, waiting: entries.length })

  test('stand in one lane at the place of the first, and the others keep their order', () => {
    const entries = [row('a'), row('b', { incident }), row('c'), row('d', { incident }), row('e')]
    expect(of(lanesOf(whole(entries)))).toEqual(['a', ['b', 'd'], 'c', 'e'])
  })
  test('stand in a lane of their own incident each', () => {
    const entries = [row('a', { incident }), row('b', { incident: { id: 'i2', title: 'POP Sul' } })]
    expect(of(lanesOf(whole(entries)))).toEqual([['a'], ['b']])
  })
  test('are counted with those who are not listed, and by the list itself where all are', () => {
    const entries = [row('a', { incident }), row('b', { incident })]
    const counted = (state: QueueState, explained?: Map<string, number>) =>
      lanesOf(state, explained).map((line) => 'chats' in line && line.waiting)
    expect(counted({ entries, waiting: 130 }, new Map([['i1', 120]]))).toEqual([120])
    expect(counted({ entries, waiting: 130 })).toEqual([2])
    expect(counted(whole(entries), new Map([['i1', 3]]))).toEqual([2])
  })
})
