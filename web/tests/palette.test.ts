import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ask } from '../src/graphql/client'
import { acts } from '../src/keys/acts.svelte'
import { matching, protocolIn, type Command } from '../src/palette/commands'
import { isTypedInto, keyOf, neighbour, opensPalette, shortcutOf } from '../src/keys/keys'
import { Search } from '../src/palette/search.svelte'

vi.mock('../src/graphql/client', () => ({ ask: vi.fn(), tell: vi.fn() }))

const press = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  defaultPrevented: false,
  isComposing: false,
  ...held,
})

describe('a key', () => {
  test.each([
    ['n', 'nextChat'],
    ['N', 'nextChat'],
    ['p', 'previousChat'],
    ['c', 'claimNext'],
    ['r', 'compose'],
    ['e', 'close'],
    ['?', 'help'],
    ['x', null],
    ['constructor', null],
    ['Enter', null],
  ])('%s does %s', (key, act) => expect(shortcutOf(press(key))).toBe(act))

  test.each(['ctrlKey', 'metaKey', 'altKey', 'repeat', 'defaultPrevented', 'isComposing'] as const)(
    'is left alone with %s',
    (held) => expect(shortcutOf(press('c', { [held]: true }))).toBeNull(),
  )

  test('opens the palette with Ctrl or ⌘ only', () => {
    expect(opensPalette(press('k', { ctrlKey: true }))).toBe(true)
    expect(opensPalette(press('K', { metaKey: true }))).toBe(true)
    for (const held of [{}, { ctrlKey: true, altKey: true }, { ctrlKey: true, metaKey: true }])
      expect(opensPalette(press('k', held))).toBe(false)
  })

  test.each([
    [{ tagName: 'TEXTAREA' }, true],
    [{ tagName: 'INPUT', type: 'search' }, true],
    [{ tagName: 'INPUT', type: 'date' }, true],
    [{ tagName: 'SELECT' }, true],
    [{ tagName: 'DIV', isContentEditable: true }, true],
    [{ tagName: 'INPUT', type: 'checkbox' }, false],
    [{ tagName: 'BUTTON', type: 'submit' }, false],
    [{ tagName: 'A' }, false],
  ])('in %j belongs to the field: %s', (place, typed) => expect(isTypedInto(place)).toBe(typed))

  test('is told as it is written on keyboards', () => expect([keyOf('close'), keyOf('help')]).toEqual(['E', '?']))
})

test('the neighbours of a chat go round the list', () => {
  const rows = [{ id: '1' }, { id: '2' }, { id: '3' }]
  expect(neighbour(rows, '1', 1)?.id).toBe('2')
  expect(neighbour(rows, '3', 1)?.id).toBe('1')
  expect(neighbour(rows, '1', -1)?.id).toBe('3')
  expect(neighbour(rows, null, 1)?.id).toBe('1')
  expect(neighbour(rows, 'gone', -1)?.id).toBe('3')
  expect(neighbour([], '1', 1)).toBeNull()
})

test('an act is done while something offers it, by the last that did', () => {
  const done: string[] = []
  expect(acts.run('close')).toBe(false)
  const first = acts.offer('close', () => done.push('first'))
  const second = acts.offer('close', () => done.push('second'))
  acts.run('close')
  second()
  acts.run('close')
  first()
  expect([done, acts.can('close')]).toEqual([['second', 'first'], false])
})

test('a part of the screen that went late takes back nothing of who came after it', () => {
  const first = acts.offer('compose', () => {})
  const second = acts.offer('compose', () => {})
  first()
  expect(acts.can('compose')).toBe(true)
  second()
  expect(acts.can('compose')).toBe(false)
})

const offer = (group: Command['group'], name: string, note?: string): Command => ({
  id: name,
  group,
  name,
  note,
  icon: 'chat',
  run: () => {},
})

test('what is offered is narrowed by every word, whatever its accents, in the order of the groups', () => {
  const all = [
    offer('pages', 'Histórico'),
    offer('pages', 'Auditoria'),
    offer('chats', 'Maria Histórica', '20261123-000042'),
    offer('chats', 'História Silva', '20261123-000007'),
  ]
  const names = (typed: string) => matching(all, typed).map(({ name }) => name)
  expect(names('hist')).toEqual(['História Silva', 'Maria Histórica', 'Histórico'])
  expect(names('  MARIA  042 ')).toEqual(['Maria Histórica'])
  expect(names('nobody')).toEqual([])
  expect(names('')).toHaveLength(4)
})

test.each([
  [' 20261123-000042 ', '20261123-000042'],
  ['20261123', null],
  ['protocolo 20261123-000042', null],
])('%s names the protocol %s', (typed, protocol) => expect(protocolIn(typed)).toBe(protocol))

describe('the search', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.mocked(ask).mockReset()
  })
  const all = { chats: true, customers: true }
  const nothing = { chats: { nodes: [] }, customers: { nodes: [] } }

  test('asks once the person stops, for the last words only', async () => {
    vi.mocked(ask).mockResolvedValue(nothing)
    const search = new Search(all)
    for (const typed of ['f', 'fi', 'fib', 'fibra']) search.follow(typed)
    expect([search.busy, vi.mocked(ask).mock.calls.length]).toEqual([true, 0])
    await vi.advanceTimersByTimeAsync(250)
    expect(vi.mocked(ask).mock.calls.map(([, variables]) => variables)).toEqual([
      { search: 'fibra', protocol: '', byProtocol: false, ...all },
    ])
    expect([search.busy, search.found]).toEqual([false, nothing])
  })

  test('asks for a protocol by itself, and not at all for one letter or for who may see nothing', async () => {
    vi.mocked(ask).mockResolvedValue(nothing)
    new Search(all).follow('x')
    new Search({ chats: false, customers: false }).follow('fibra')
    await vi.advanceTimersByTimeAsync(1000)
    expect(ask).not.toHaveBeenCalled()
    new Search(all).follow('20261123-000042')
    await vi.advanceTimersByTimeAsync(250)
    expect(vi.mocked(ask).mock.calls[0]?.[1]).toMatchObject({ protocol: '20261123-000042', byProtocol: true })
  })

  test('an answer to older words is not shown', async () => {
    let answer = (_: unknown) => {}
    vi.mocked(ask).mockImplementationOnce(() => new Promise((done) => (answer = done)))
    const search = new Search(all)
    search.follow('fibra')
    await vi.advanceTimersByTimeAsync(250)
    search.follow('f')
    answer(nothing)
    await vi.advanceTimersByTimeAsync(0)
    expect(search.found).toBeNull()
  })

  test('a failure is told and the next words try again', async () => {
    vi.mocked(ask).mockRejectedValueOnce(new Error('no')).mockResolvedValueOnce(nothing)
    const search = new Search(all)
    search.follow('fibra')
    await vi.advanceTimersByTimeAsync(250)
    expect([search.failed, search.busy]).toEqual([true, false])
    search.follow('fibras')
    await vi.advanceTimersByTimeAsync(250)
    expect([search.failed, search.found]).toEqual([false, nothing])
  })
})
