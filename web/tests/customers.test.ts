import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { corrections } from '../src/agent/corrections'
import { RevealedCpf } from '../src/agent/revealedCpf.svelte'
import { besides } from '../src/agent/previousChats.svelte'
import { pathOfChat } from '../src/app/routes'
import { tell } from '../src/graphql/client'

vi.mock('../src/graphql/client', () => ({ ask: vi.fn(), tell: vi.fn() }))

const answer = (cpf: string | null, code?: string) =>
  vi.mocked(tell).mockResolvedValue({
    revealCpf: { cpf, userErrors: code ? [{ code, message: 'No.', field: ['reason'] }] : [] },
  })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a revealed CPF is shown for half a minute, and then not even kept', async () => {
  const revealed = new RevealedCpf()
  answer('529.982.247-25')
  await revealed.reveal('c1', 'Boleto')
  expect([revealed.cpf, revealed.left]).toEqual(['529.982.247-25', 30])
  vi.advanceTimersByTime(29_000)
  expect([revealed.cpf, revealed.left]).toEqual(['529.982.247-25', 1])
  vi.advanceTimersByTime(1_000)
  expect([revealed.cpf, revealed.left]).toEqual([null, 0])
  expect(JSON.stringify(revealed)).not.toContain('529')
  expect(vi.getTimerCount()).toBe(0)
})

test('after a sleep of the machine it is gone at the first tick', async () => {
  const revealed = new RevealedCpf()
  answer('529.982.247-25')
  await revealed.reveal('c1', 'Boleto')
  vi.setSystemTime(Date.now() + 3_600_000)
  vi.advanceTimersByTime(1_000)
  expect(revealed.cpf).toBeNull()
})

test('it can be hidden before its time', async () => {
  const revealed = new RevealedCpf()
  answer('529.982.247-25')
  await revealed.reveal('c1', 'Boleto')
  revealed.hide()
  expect([revealed.cpf, vi.getTimerCount()]).toEqual([null, 0])
})

test('a refusal shows nothing', async () => {
  const revealed = new RevealedCpf()
  answer(null, 'INVALID')
  await expect(revealed.reveal('c1', '')).rejects.toThrow('No.')
  expect(revealed.cpf).toBeNull()
})

const chat = (id: string) => ({
  id,
  protocol: `20261123-00000${id}`,
  kind: 'CHAT' as const,
  status: 'CLOSED' as const,
  subject: null,
  createdAt: '2026-11-23T12:00:00Z',
  department: { id: 'd', name: 'Técnico' },
})

test('the card lists the other chats, and how many more there are', () => {
  const nodes = ['6', '5', '4', '3', '2', '1'].map(chat)
  const found = besides({ nodes, totalCount: 9 }, '5')
  expect([found.others.map(({ id }) => id), found.more]).toEqual([['6', '4', '3', '2', '1'], 3])
  const old = besides({ nodes, totalCount: 9 }, '0')
  expect([old.others.length, old.more]).toEqual([5, 3])
  expect(besides({ nodes: [chat('1')], totalCount: 1 }, '1')).toEqual({ others: [], more: 0 })
})

test.each([
  ['CHAT', 'CLOSED', true, '/admin/historico/c1'],
  ['TICKET', 'CLOSED', true, '/admin/historico/c1'],
  ['CHAT', 'CLOSED', false, '/meu-painel/chat/c1'],
  ['CHAT', 'ACTIVE', true, '/meu-painel/chat/c1'],
  ['TICKET', 'WAITING', true, '/meu-painel/tickets/c1'],
])('a %s that is %s is opened where it belongs (history: %s)', (kind, status, history, path) =>
  expect(pathOfChat({ id: 'c1', kind, status }, history)).toBe(path),
)

test('a correction names what was typed anew, and takes away what was emptied', () => {
  const before = { name: 'Zé', email: 'ze@x.example', phone: null, company: 'Padaria' }
  const shown = { name: 'Zé', email: 'ze@x.example', phone: '', company: 'Padaria' }
  expect(corrections(before, shown)).toEqual({})
  expect(corrections(before, { ...shown, name: ' José ', email: ' ' })).toEqual({ name: 'José', email: null })
  expect(corrections(before, { ...shown, phone: '11 98765-0001' })).toEqual({ phone: '11 98765-0001' })
})
