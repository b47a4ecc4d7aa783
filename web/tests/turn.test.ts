import { describe, expect, test } from 'vitest'
import { afterChatEvent, type Conversation } from '../src/agent/conversation'
import { afterLine, turnOf } from '../src/agent/turn'
import { chat, message } from './chats'

const at = (minute: number) => `2026-11-22T12:${String(minute).padStart(2, '0')}:00.000Z`
const said = (sender: 'AGENT' | 'CUSTOMER' | 'SYSTEM', minute: number, more = {}) =>
  message(minute, { sender, sentAt: at(minute), kind: sender === 'SYSTEM' ? 'EVENT' : 'TEXT', ...more })
const claimed = chat({ awaiting: 'AGENT', deadline: at(3) })
const answered = afterLine(claimed, said('AGENT', 1))

describe('whose turn it is', () => {
  test("before the first answer: the agent's, or the chat goes back to the queue", () => {
    expect(turnOf(claimed)).toBe('returns')
  })

  test("once the agent has answered: the customer's, who is warned when warnAfter has passed", () => {
    expect(answered).toMatchObject({ awaiting: 'CUSTOMER', deadline: at(6), warnedAt: null })
    expect(turnOf(answered)).toBe('warns')
  })

  test('once the customer was warned: theirs still, and the chat closes at closeAfter', () => {
    const warned = afterLine(answered, said('SYSTEM', 6))
    expect(warned).toMatchObject({ awaiting: 'CUSTOMER', warnedAt: at(6), deadline: at(11) })
    expect(turnOf(warned)).toBe('closes')
  })

  test("once the customer has answered: the agent's, and nothing closes it", () => {
    const back = afterLine(afterLine(answered, said('SYSTEM', 6)), said('CUSTOMER', 7))
    expect(back).toMatchObject({ awaiting: 'AGENT', deadline: null, warnedAt: null })
    expect(turnOf(back)).toBe('agent')
  })

  test("is nobody's in tickets and in what waits or has ended", () => {
    expect(turnOf(chat({ kind: 'TICKET', awaiting: 'AGENT' }))).toBeNull()
    expect(turnOf(chat({ status: 'WAITING', awaiting: 'AGENT' }))).toBeNull()
    expect(turnOf(chat({ status: 'CLOSED' }))).toBeNull()
  })
})

describe('a line', () => {
  test('of the customer before the first answer leaves the agent no more time', () => {
    expect(afterLine(claimed, said('CUSTOMER', 1))).toBe(claimed)
  })

  test('among the staff answers nobody', () => {
    expect(afterLine(claimed, said('AGENT', 1, { kind: 'NOTE' }))).toBe(claimed)
  })

  test('of the desk before the time is up is no warning', () => {
    expect(afterLine(answered, said('SYSTEM', 4))).toBe(answered)
  })

  test('of a ticket moves no deadline', () => {
    const ticket = chat({ kind: 'TICKET', deadline: at(30) })
    expect(afterLine(ticket, said('AGENT', 1))).toBe(ticket)
  })

  test('that comes with the stream moves the turn of the conversation', () => {
    const state: Conversation = { chat: claimed, messages: [], pending: [], older: null }
    const after = afterChatEvent(state, { __typename: 'MessageSent', message: said('AGENT', 1) })
    expect(after.chat.awaiting).toBe('CUSTOMER')
  })
})
