import { describe, expect, test, vi } from 'vitest'
import { dueState } from '../src/agent/due'
import { TicketDraft } from '../src/agent/ticketDraft.svelte'

vi.mock('../src/graphql/client', () => ({ ask: vi.fn(), tell: vi.fn() }))

const noon = Date.parse('2026-11-22T12:00:00Z')
const due = (dueAt: string | null, status: 'ACTIVE' | 'CLOSED' = 'ACTIVE') => dueState({ status, dueAt }, noon)

describe('the due date of a ticket', () => {
  test('that has passed makes it late', () => expect(due('2026-11-22T11:59:59Z')).toBe('over'))
  test('of the next day is near', () => expect(due('2026-11-23T11:00:00Z')).toBe('soon'))
  test('beyond that is far', () => expect(due('2026-11-24T12:00:00Z')).toBe('later'))
  test('is no matter once it has ended, or where there is none', () => {
    expect(due('2026-11-20T12:00:00Z', 'CLOSED')).toBe('none')
    expect(due(null)).toBe('none')
  })
})

describe('a new ticket', () => {
  test('is for somebody by name, with only what they gave', () => {
    const draft = new TicketDraft(null)
    Object.assign(draft, { departmentId: 'd1', subject: ' Poste ', description: 'Trocar', name: ' José ', phone: ' ' })
    expect(draft.input()).toEqual({
      departmentId: 'd1',
      category: 'OTHER',
      priority: 'NORMAL',
      dueAt: null,
      subject: 'Poste',
      description: 'Trocar',
      name: 'José',
      cpf: null,
      phone: null,
    })
  })

  test('is for a customer that we know, by id alone', () => {
    const draft = new TicketDraft({ id: 'k1', name: 'Maria' })
    draft.name = 'somebody else'
    expect(draft.input()).toMatchObject({ customerId: 'k1' })
    expect(draft.input()).not.toHaveProperty('name')
  })
})
