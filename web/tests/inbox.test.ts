import { describe, expect, test } from 'vitest'
import { afterInboxEvent, afterReading, inboxOf } from '../src/agent/inbox'
import { row } from './chats'

const spoken = (seq: number) => ({
  id: `m${seq}`,
  seq,
  sender: 'CUSTOMER' as const,
  body: 'hi',
  sentAt: `2026-11-22T12:0${seq}:00Z`,
})
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

describe('the inbox', () => {
  test('begins with active chats, the latest spoken first', () => {
    const rows = inboxOf([
      row('a', { lastMessage: spoken(1) }),
      row('b', { lastMessage: spoken(2) }),
      row('c', { status: 'CLOSED' }),
    ])
    expect(ids(rows)).toEqual(['b', 'a'])
  })

  test('takes in a chat that was assigned, once, even when told twice', () => {
    const once = afterInboxEvent([], { __typename: 'ChatAssigned', chat: row('a') })
    expect(ids(afterInboxEvent(once, { __typename: 'ChatAssigned', chat: row('a') }))).toEqual(['a'])
  })

  test('moves a chat up when something is said in it', () => {
    const rows = inboxOf([row('a', { lastMessage: spoken(1) }), row('b', { lastMessage: spoken(2) })])
    const after = afterInboxEvent(rows, {
      __typename: 'ChatActivity',
      chat: row('a', { lastMessage: spoken(3), unread: 1 }),
    })
    expect(ids(after)).toEqual(['a', 'b'])
    expect(after[0]?.unread).toBe(1)
  })

  test('lets no late picture of a chat undo a newer one', () => {
    const rows = [row('a', { lastMessage: spoken(3) })]
    const late = { __typename: 'ChatActivity' as const, chat: row('a', { lastMessage: spoken(2) }) }
    expect(afterInboxEvent(rows, late)).toBe(rows)
  })

  test('is not entered by the activity of a chat that left', () => {
    expect(afterInboxEvent([], { __typename: 'ChatActivity', chat: row('a') })).toEqual([])
  })

  test('loses a chat that was unassigned or closed elsewhere', () => {
    const rows = [row('a'), row('b')]
    expect(ids(afterInboxEvent(rows, { __typename: 'ChatUnassigned', chatId: 'a', reason: 'CLOSED' }))).toEqual(['b'])
    expect(ids(afterInboxEvent(rows, { __typename: 'ChatActivity', chat: row('b', { status: 'CLOSED' }) }))).toEqual([
      'a',
    ])
  })

  test("is not touched by a change of its owner's presence", () => {
    const rows = [row('a')]
    const presence = { status: 'OFFLINE', chosen: 'ONLINE', reason: null, since: '', present: false } as const
    expect(afterInboxEvent(rows, { __typename: 'PresenceChanged', user: { id: 'u1', presence } })).toBe(rows)
  })

  test('shows as read at once what is being read', () => {
    expect(afterReading([row('a', { unread: 3 })], 'a')[0]?.unread).toBe(0)
  })
})
