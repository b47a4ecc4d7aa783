import { beforeEach, describe, expect, test, vi } from 'vitest'
import { filled, matching, queryAt, replaced } from '../src/agent/cannedReplies'
import { groupsOf } from '../src/admin/cannedReplies.svelte'
import { CannedReplyDraft } from '../src/admin/cannedReplyDraft.svelte'
import { ReplyPicker } from '../src/agent/replyPicker.svelte'
import type { CannedReply } from '../src/graphql/cannedReplies'
import { ask } from '../src/graphql/client'
import { chat } from './chats'

vi.mock('../src/graphql/client', () => ({ ask: vi.fn(), tell: vi.fn() }))

function reply(shortcut: string, more: Partial<CannedReply> = {}): CannedReply {
  return { id: shortcut, shortcut, title: null, body: 'Texto.', scope: 'EVERYBODY', department: null, ...more }
}
const mine = { scope: 'PERSONAL' as const }
const of = (id: string) => ({ scope: 'DEPARTMENT' as const, department: { id, name: id } })
const names = (replies: readonly CannedReply[]) => replies.map(({ shortcut }) => shortcut)

describe('finding a reply', () => {
  test('without a query lists mine first, then the department, everybody, other departments', () => {
    const all = [reply('d', of('d2')), reply('c'), reply('b', of('d1')), reply('a2', mine), reply('a1', mine)]
    expect(names(matching(all, '', 'd1'))).toEqual(['a1', 'a2', 'b', 'c', 'd'])
  })

  test('looks in the shortcut, the title and the text, without accents and capitals', () => {
    const all = [reply('fim', { title: 'Até logo' }), reply('oi', { body: 'Olá, AMANHÃ cedo' }), reply('xis')]
    expect(names(matching(all, 'ate'))).toEqual(['fim'])
    expect(names(matching(all, 'amanha'))).toEqual(['oi'])
    expect(names(matching(all, 'ÁTÉ LOGO'))).toEqual(['fim'])
    expect(names(matching(all, 'nada disto'))).toEqual([])
  })

  test('a shortcut that begins so leads, then mine', () => {
    const all = [reply('tchau', { body: 'ola de novo', ...mine }), reply('dizer-ola'), reply('ola-todos')]
    expect(names(matching(all, 'ola'))).toEqual(['ola-todos', 'tchau', 'dizer-ola'])
  })
})

describe('filling in', () => {
  const about = chat({ customerName: 'Maria $& Lima', agentName: 'Ana' })

  test('knows the names of both languages', () => {
    expect(filled('{cliente}|{agente}|{protocolo}|{setor}', about)).toBe('Maria $& Lima|Ana|20261122-000001|Técnico')
    expect(filled('{customer}|{agent}|{protocol}|{department}', about)).toBe(
      'Maria $& Lima|Ana|20261122-000001|Técnico',
    )
  })

  test('leaves what it does not know for the agent to see', () => {
    expect(filled('{prazo} {constructor} {}', about)).toBe('{prazo} {constructor} {}')
    expect(filled('{agente}', chat({ agentName: null }))).toBe('{agente}')
  })
})

describe('the search in the box', () => {
  test('goes from the slash to the caret', () => {
    expect(queryAt('/bom dia', 0, 4)).toBe('bom')
    expect(queryAt('Oi /ola!', 3, 7)).toBe('ola')
  })

  test('is over without its slash, before it, and on another line', () => {
    expect(queryAt('bom', 0, 3)).toBeNull()
    expect(queryAt('/bom', 0, 0)).toBeNull()
    expect(queryAt('/bom\ndia', 0, 8)).toBeNull()
  })

  test('gives way to the reply, what stands around it stays', () =>
    expect(replaced('Oi /ola!', 3, 7, 'Tudo bem?')).toEqual({ text: 'Oi Tudo bem?!', caret: 12 }))
})

describe('the picker', () => {
  const answers = [reply('bom-dia', { title: 'Bom dia' }), reply('ola', mine), reply('tchau')]
  const picker = () =>
    new ReplyPicker(
      () => 'u1',
      () => 'd1',
    )
  const loaded = async () => {
    const it = picker()
    it.follow('/', 1)
    await vi.waitFor(() => expect(it.replies).toBeDefined())
    return it
  }

  beforeEach(() => void vi.mocked(ask).mockReset().mockResolvedValue({ cannedReplies: answers }))

  test('opens with a slash at the beginning, and not within a sentence', async () => {
    const it = picker()
    it.follow('e/ou', 4)
    expect(it.open).toBe(false)
    it.follow('/', 1)
    expect(it.open).toBe(true)
    await vi.waitFor(() => expect(names(it.found)).toEqual(['ola', 'bom-dia', 'tchau']))
  })

  test('narrows as one types, and begins at the top again', async () => {
    const it = await loaded()
    it.move(1)
    it.follow('/tch', 4)
    expect([names(it.found), it.active]).toEqual([['tchau'], 0])
  })

  test('walks round at both ends', async () => {
    const it = await loaded()
    it.move(-1)
    expect(it.active).toBe(2)
    it.move(1)
    expect(it.active).toBe(0)
  })

  test('stays away once given up, until the slash is gone', async () => {
    const it = await loaded()
    expect(it.dismiss(1)).toBeNull()
    it.follow('/o', 2)
    expect(it.open).toBe(false)
    it.follow('', 0)
    it.follow('/', 1)
    expect(it.open).toBe(true)
  })

  test('summoned within a text, takes its slash away again when given up', async () => {
    const it = await loaded()
    it.end(1)
    expect(it.summon('Oi  Maria', 3, 3)).toBe('Oi / Maria')
    it.follow('Oi /tc Maria', 6)
    expect(names(it.found)).toEqual(['tchau'])
    expect(it.dismiss(6)).toEqual({ start: 3, caret: 6 })
    expect(it.open).toBe(false)
  })

  test('lets a sentence go that only begins with a slash, and holds a word that finds nothing', async () => {
    const it = await loaded()
    it.follow('/24 e', 5)
    expect(it.open).toBe(false)
    it.follow('/24', 3)
    expect(it.open).toBe(true)
    it.follow('/bom d', 6)
    expect(names(it.found)).toEqual(['bom-dia'])
  })

  test('says when the replies did not come', async () => {
    vi.mocked(ask).mockRejectedValue(new Error('away'))
    const it = new ReplyPicker(
      () => 'somebody else',
      () => 'd1',
    )
    it.follow('/', 1)
    await vi.waitFor(() => expect(it.error?.code).toBe('INTERNAL'))
    expect(it.replies).toBeUndefined()
  })
})

describe('the page of the replies', () => {
  test('lists mine, then departments by their name, then everybody', () => {
    const all = [reply('a'), reply('b', of('Vendas')), reply('c', of('Cobrança')), reply('d', mine), reply('e', mine)]
    const groups = groupsOf(all).map(({ scope, department, replies }) => [scope, department?.name, names(replies)])
    expect(groups).toEqual([
      ['PERSONAL', undefined, ['d', 'e']],
      ['DEPARTMENT', 'Cobrança', ['c']],
      ['DEPARTMENT', 'Vendas', ['b']],
      ['EVERYBODY', undefined, ['a']],
    ])
  })

  test('shows no group without a reply', () => expect(groupsOf([reply('a'), reply('b', mine)], 'b')).toHaveLength(1))
})

describe('a reply being written', () => {
  test('takes the slash and the capitals out of its shortcut', () => {
    const draft = new CannedReplyDraft(null, 'PERSONAL')
    draft.shortcut = ' /Bom-Dia '
    expect(draft.input()).toMatchObject({ shortcut: 'bom-dia', scope: 'PERSONAL', departmentId: null })
  })

  test('belongs to a department, or to everybody', () => {
    expect(new CannedReplyDraft(null, 'd1').input()).toMatchObject({ scope: 'DEPARTMENT', departmentId: 'd1' })
    expect(new CannedReplyDraft(null, 'EVERYBODY').input()).toMatchObject({ scope: 'EVERYBODY', departmentId: null })
  })

  test('begins as it was, and an emptied title is sent as empty', () => {
    const draft = new CannedReplyDraft(reply('ola', { title: 'Olá', ...of('d2') }), 'PERSONAL')
    expect([draft.shortcut, draft.title, draft.body, draft.whose]).toEqual(['ola', 'Olá', 'Texto.', 'd2'])
    draft.title = ' '
    expect(draft.input().title).toBe('')
  })
})
