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

  test('becomes a ticket once', () => {
    expect(actsOn(chat({ kind: 'TICKET' }), ana)).not.toContain('ticket')
  })

  test.each(['BOT', 'CLOSED'] as const)("that is %s is in nobody's hands", (status) => {
    expect(actsOn(chat({ status, agent: null }), supervisor)).toEqual([])
  })
})
