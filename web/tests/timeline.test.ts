import { describe, expect, test } from 'vitest'
import { parts, timeline } from '../src/agent/timeline'
import { message } from './chats'

describe('the timeline', () => {
  test('names the day once and the writer once', () => {
    const rows = timeline([message(1), message(2), message(3, { sender: 'AGENT', senderName: 'Ana' })])
    expect(rows.map(({ day }) => day !== null)).toEqual([true, false, false])
    expect(rows.map(({ continues }) => continues)).toEqual([false, true, false])
  })

  test('names the writer again after a pause and on a new day', () => {
    const rows = timeline([
      message(1),
      message(2, { sentAt: '2026-11-22T12:30:00Z' }),
      message(3, { sentAt: '2026-11-24T12:30:00Z' }),
    ])
    expect(rows.map(({ continues }) => continues)).toEqual([false, false, false])
    expect(rows[2]?.day).toBe('2026-11-24T12:30:00Z')
  })

  test('gives the rows before a new message back as they were, so that they are not drawn again', () => {
    const messages = [message(1), message(2), message(3)]
    const before = timeline(messages)
    const after = timeline([...messages, message(4)])
    expect(after).toHaveLength(4)
    expect(before.every((row, index) => row === after[index])).toBe(true)
  })

  test('draws a row again when the one before it changes', () => {
    const later = message(2)
    const [, continued] = timeline([message(1), later])
    const [alone] = timeline([later])
    expect([continued?.continues, alone?.continues]).toEqual([true, false])
  })
})

describe('addresses in a message', () => {
  test('become links without the full stop after them', () => {
    expect(parts('See https://example.com/a. Thanks')).toEqual([
      { text: 'See ', link: false },
      { text: 'https://example.com/a', link: true },
      { text: '. Thanks', link: false },
    ])
  })

  test('of other kinds stay text', () => {
    expect(parts('javascript:alert(1) data:text/html,x')).toEqual([
      { text: 'javascript:alert(1) data:text/html,x', link: false },
    ])
  })
})
