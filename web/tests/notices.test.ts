import { describe, expect, test } from 'vitest'
import { afterNotice, afterReading, noticesOf, unreadOf, withNewest, withOlder } from '../src/bell/notices'
import type { Notice, NoticePage } from '../src/graphql/notifications'
import { notice } from './notices'

const ids = ({ rows }: { rows: readonly { id: string }[] }) => rows.map(({ id }) => id)

function page(nodes: Notice[], unread: number, next: string | null = null): NoticePage {
  return {
    notifications: { nodes, pageInfo: { hasNextPage: next !== null, endCursor: next } },
    unread: { totalCount: unread },
  }
}

describe('what I was told', () => {
  test('begins with a page, and counts what is unread beyond it', () => {
    const state = noticesOf(page([notice('n3'), notice('n2')], 7, 'c2'))
    expect(ids(state)).toEqual(['n3', 'n2'])
    expect(state).toMatchObject({ unread: 7, next: 'c2' })
  })

  test('grows by what comes, newest first', () => {
    const state = afterNotice(noticesOf(page([notice('n1')], 1)), notice('n2'))
    expect(ids(state)).toEqual(['n2', 'n1'])
    expect(state.unread).toBe(2)
  })

  test('counts what a replay tells again only once', () => {
    const once = noticesOf(page([notice('n1')], 1))
    expect(afterNotice(once, notice('n1'))).toEqual(once)
  })

  test('loses from its count what a replay shows as read by now', () => {
    const state = afterNotice(noticesOf(page([notice('n1')], 1)), notice('n1', { readAt: '2026-11-22T13:00:00Z' }))
    expect(state.unread).toBe(0)
  })

  test('does not count what came as read already', () => {
    const state = afterNotice(noticesOf(page([], 0)), notice('n1', { readAt: '2026-11-22T13:00:00Z' }))
    expect(state.unread).toBe(0)
    expect(ids(state)).toEqual(['n1'])
  })

  test('shows as read at once what I look at, and nothing else', () => {
    const state = afterReading(noticesOf(page([notice('n2'), notice('n1')], 5)), ['n1', 'n9'], 'now')
    expect(state.rows.map(({ readAt }) => readAt)).toEqual([null, 'now'])
    expect(state.unread).toBe(4)
  })

  test('does not count twice what is looked at twice', () => {
    const once = afterReading(noticesOf(page([notice('n1')], 1)), ['n1'], 'now')
    expect(afterReading(once, ['n1'], 'later')).toEqual(once)
  })

  test('is all read after marking all, also beyond the page', () => {
    const state = afterReading(noticesOf(page([notice('n2'), notice('n1')], 7)), null, 'now')
    expect(state.unread).toBe(0)
    expect(state.rows.every(({ readAt }) => readAt === 'now')).toBe(true)
  })

  test('goes on below with an older page', () => {
    const state = withOlder(noticesOf(page([notice('n3')], 3, 'c3')), page([notice('n2'), notice('n1')], 3))
    expect(ids(state)).toEqual(['n3', 'n2', 'n1'])
    expect(state.next).toBeNull()
  })

  test('keeps what was paged in when the newest are read again', () => {
    const paged = withOlder(noticesOf(page([notice('n3')], 3, 'c3')), page([notice('n2'), notice('n1')], 3, 'c1'))
    const state = withNewest(paged, page([notice('n4'), notice('n3', { readAt: 'then' })], 3, 'c3'))
    expect(ids(state)).toEqual(['n4', 'n3', 'n2', 'n1'])
    expect(state.rows[1]?.readAt).toBe('then')
    expect(state.next).toBe('c1')
  })

  test('forgets what the server forgot', () => {
    expect(ids(withNewest(noticesOf(page([notice('n1')], 1)), page([], 0)))).toEqual([])
  })

  test('knows what is unread of a chat', () => {
    const rows = [notice('n3', { chatId: 'c2' }), notice('n2', { readAt: 'then' }), notice('n1')]
    expect(unreadOf(noticesOf(page(rows, 2)), 'c1')).toEqual(['n1'])
  })
})
