import { describe, expect, test } from 'vitest'
import {
  afterChatEvent,
  newestFromCustomer,
  withMessages,
  withOlder,
  withPending,
  withoutPending,
  type Conversation,
  type Pending,
} from '../src/agent/conversation'
import { chat, message } from './chats'

const empty: Conversation = { chat: chat(), messages: [], pending: [], older: null }
const pending: Pending = {
  clientId: 'k1',
  body: 'hello',
  kind: 'TEXT',
  sentAt: '2026-11-22T12:01:00Z',
  failed: null,
}
const seqs = (state: Conversation) => state.messages.map(({ seq }) => seq)

describe('a conversation', () => {
  test('shows a message once when the mutation and the subscription both bring it', () => {
    const sent = message(1, { clientId: 'k1', sender: 'AGENT' })
    const once = withMessages(empty, [sent])
    const twice = afterChatEvent(once, { __typename: 'MessageSent', message: sent })
    expect(seqs(twice)).toEqual([1])
  })

  test('puts messages in the order of the chat, whatever order they come in', () => {
    expect(seqs(withMessages(withMessages(empty, [message(3)]), [message(1), message(2)]))).toEqual([1, 2, 3])
  })

  test('replaces what was on its way by what was written, known by its clientId', () => {
    const waiting = withPending(empty, pending)
    const written = withMessages(waiting, [message(1, { clientId: 'k1', body: 'hello', sender: 'AGENT' })])
    expect(waiting.pending).toHaveLength(1)
    expect(written.pending).toEqual([])
    expect(seqs(written)).toEqual([1])
  })

  test('keeps other messages on their way when one arrives', () => {
    const two = withPending(withPending(empty, pending), { ...pending, clientId: 'k2' })
    expect(withMessages(two, [message(1, { clientId: 'k1' })]).pending.map(({ clientId }) => clientId)).toEqual(['k2'])
  })

  test('does not show as failed what the subscription had already delivered', () => {
    const delivered = withMessages(empty, [message(1, { clientId: 'k1' })])
    expect(withPending(delivered, { ...pending, failed: 'no answer' })).toBe(delivered)
  })

  test('marks a message as failed in its place', () => {
    const two = withPending(withPending(empty, pending), { ...pending, clientId: 'k2' })
    const failed = withPending(two, { ...pending, failed: 'no answer' })
    expect(failed.pending.map(({ failed }) => failed)).toEqual(['no answer', null])
  })

  test('forgets a message that was discarded', () => {
    expect(withoutPending(withPending(empty, pending), 'k1').pending).toEqual([])
  })

  test('puts earlier messages before the known ones and remembers where the next ones are', () => {
    const state = withOlder(withMessages({ ...empty, older: 'a' }, [message(5)]), [message(3), message(4)], 'b')
    expect(seqs(state)).toEqual([3, 4, 5])
    expect(state.older).toBe('b')
  })

  test('moves read marks forward and never back', () => {
    const read = afterChatEvent(empty, { __typename: 'MessagesRead', by: 'CUSTOMER', seq: 4 })
    const late = afterChatEvent(read, { __typename: 'MessagesRead', by: 'CUSTOMER', seq: 2 })
    const changed = afterChatEvent(late, { __typename: 'ChatChanged', chat: chat({ customerReadSeq: 1 }) })
    expect(changed.chat.customerReadSeq).toBe(4)
    expect(changed.chat.agentReadSeq).toBe(0)
  })

  test('shows its times once it has ended', () => {
    const ended = chat({ status: 'CLOSED', closedAt: '2026-11-22T12:10:00Z', handling: 'PT9M50S' })
    const state = afterChatEvent(empty, { __typename: 'ChatEnded', chat: ended })
    expect(state.chat).toEqual(ended)
  })

  test('reads up to the newest message of the customer, not to notes after it', () => {
    const state = withMessages(empty, [message(1), message(2), message(3, { sender: 'AGENT', kind: 'NOTE' })])
    expect(newestFromCustomer(state)).toBe(2)
  })
})
