import { describe, expect, test } from 'vitest'
import { grouped, isFull, unseen } from '../src/admin/team'
import type { Member } from '../src/graphql/team'

function member(name: string, status: 'ONLINE' | 'PAUSED' | 'OFFLINE', more: Partial<Member> = {}): Member {
  const presence = { status, chosen: status, reason: null, since: '2026-11-22T12:00:00Z', present: true }
  const departments = [{ id: name === 'Bia' ? 'd2' : 'd1', name: 'Técnico' }]
  return {
    load: 0,
    tickets: 0,
    chats: [],
    user: { id: name, name, extension: null, capacity: 2, presence, departments },
    ...more,
  }
}
const all = [member('Ana', 'OFFLINE'), member('Bia', 'ONLINE'), member('Caio', 'ONLINE'), member('Davi', 'PAUSED')]
const names = (groups: ReturnType<typeof grouped>) =>
  groups.map(([one, group]) => [one, group.map(({ user }) => user.name)])

describe('the team in groups', () => {
  test('who attends comes first, and nobody is in two groups', () => {
    expect(names(grouped(all, { department: '', standing: '' }))).toEqual([
      ['ONLINE', ['Bia', 'Caio']],
      ['PAUSED', ['Davi']],
      ['OFFLINE', ['Ana']],
    ])
  })
  test('of a department, and of one status alone', () => {
    expect(names(grouped(all, { department: 'd2', standing: '' }))).toEqual([['ONLINE', ['Bia']]])
    expect(names(grouped(all, { department: 'd1', standing: 'ONLINE' }))).toEqual([['ONLINE', ['Caio']]])
    expect(grouped(all, { department: 'd2', standing: 'PAUSED' })).toEqual([])
  })
  test('counts what weighs and may not be seen, and knows who has no room', () => {
    expect(unseen(member('Ana', 'ONLINE', { load: 2 }))).toBe(2)
    expect([isFull(member('Ana', 'ONLINE', { load: 2 })), isFull(member('Ana', 'ONLINE', { load: 1 }))]).toEqual([
      true,
      false,
    ])
  })
})
