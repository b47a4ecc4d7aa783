import { describe, expect, test } from 'vitest'
import { actsOn } from '../src/agent/charge'
import { chat } from './chats'

const ana = { id: 'u1', permissions: ['CHAT_ATTEND' as const] }
const bia = { ...ana, id: 'u2' }
const supervisor = { id: 'u3', permissions: ['CHAT_ATTEND' as const, 'QUEUE_MANAGE' as const] }

describe('a chat', () => {
  test('is in the hands of who attends it', () => {
    expect(actsOn(chat(), ana)).toEqual(['transfer', 'return', 'ticket', 'close'])
    expect(actsOn(chat(), bia)).toEqual([])
  })

  test('is in the hands of who manages the queue, whoever attends it', () => {
    expect(actsOn(chat(), supervisor)).toEqual(['transfer', 'return', 'ticket', 'close'])
  })

  test('that waits is not returned to where it is', () => {
    const waiting = chat({ status: 'WAITING', agent: null })
    expect(actsOn(waiting, ana)).toEqual([])
    expect(actsOn(waiting, supervisor)).toEqual(['transfer', 'ticket', 'close'])
  })

  test('whose customer is known can have a ticket beside it, even once it has ended', () => {
    const customer = {
      id: 'k1',
      name: 'Maria',
      cpfMasked: null,
      email: null,
      phone: null,
      company: null,
      erasedAt: null,
      restrictedUntil: null,
      accessPoint: null,
    }
    expect(actsOn(chat({ status: 'CLOSED', customer }), bia)).toEqual(['new'])
    expect(actsOn(chat({ customer }), ana)).toEqual(['transfer', 'return', 'ticket', 'new', 'close'])
    const restricted = { ...customer, restrictedUntil: '2028-03-12T15:00:00Z' }
    expect(actsOn(chat({ status: 'CLOSED', customer: restricted }), bia)).toEqual([])
    expect(actsOn(chat({ customer }), { id: 'u4', permissions: ['CHAT_VIEW_ALL'] })).toEqual([])
  })

  test('becomes a ticket once', () => {
    expect(actsOn(chat({ kind: 'TICKET' }), ana)).not.toContain('ticket')
  })

  test.each(['BOT', 'CLOSED'] as const)("that is %s is in nobody's hands", (status) => {
    expect(actsOn(chat({ status, agent: null }), supervisor)).toEqual([])
  })
})
