import { beforeEach, expect, test, vi } from 'vitest'
import { outboxOf } from '../src/agent/outbox.svelte'
import { Failure } from '../src/graphql/failure'
import { stubTab } from './storage'

const wire = vi.hoisted(() => ({ tell: vi.fn() }))
vi.mock('../src/graphql/client', () => wire)

stubTab()

let chats = 0
let arrived: string[] = []

function server(answer: (body: string) => void) {
  wire.tell.mockImplementation(async (_: unknown, { body }: { body: string }) => {
    answer(body)
    arrived.push(body)
    return { sendMessage: { message: null, userErrors: [] } }
  })
}

const nextChat = () => outboxOf(`chat ${(chats += 1)}`, () => {})

beforeEach(() => {
  vi.useFakeTimers()
  sessionStorage.clear()
  arrived = []
})

test('messages written during an outage arrive in the order written, however long it lasts', async () => {
  let away = true
  server(() => {
    if (away) throw new Failure('NETWORK')
  })
  const outbox = nextChat()
  outbox.send('one', 'TEXT')
  outbox.send('two', 'TEXT')
  await vi.advanceTimersByTimeAsync(120_000)
  expect(outbox.pending.map(({ failed }) => failed)).toEqual([null, null])
  away = false
  outbox.revive()
  await vi.advanceTimersByTimeAsync(0)
  expect(arrived).toEqual(['one', 'two'])
  expect(outbox.pending).toEqual([])
})

test('a message that is refused is shown as failed and does not hold up the next one', async () => {
  server((body) => {
    if (body === 'one') throw new Failure('CHAT_CLOSED', 'closed')
  })
  const outbox = nextChat()
  outbox.send('one', 'TEXT')
  outbox.send('two', 'TEXT')
  await vi.advanceTimersByTimeAsync(0)
  expect(arrived).toEqual(['two'])
  expect(outbox.pending.map(({ body, failed }) => [body, failed !== null])).toEqual([['one', true]])
})

test("a server's own fault is borne a few times only", async () => {
  server((body) => {
    if (body === 'one') throw new Failure('INTERNAL')
  })
  const outbox = nextChat()
  outbox.send('one', 'TEXT')
  outbox.send('two', 'TEXT')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(arrived).toEqual(['two'])
})

test('what was not sent is sent after a reload, under the same client id', async () => {
  server(() => {
    throw new Failure('NETWORK')
  })
  const before = nextChat()
  before.send('one', 'TEXT')
  const { clientId } = before.pending[0]!
  await vi.advanceTimersByTimeAsync(0)
  vi.resetModules()
  const { outboxOf: afresh } = await import('../src/agent/outbox.svelte')
  const outbox = afresh(`chat ${chats}`, () => {})
  expect(outbox.pending.map((message) => message.clientId)).toEqual([clientId])
  server(() => {})
  await vi.advanceTimersByTimeAsync(1_000)
  expect(arrived).toContain('one')
  expect(outbox.pending).toEqual([])
})
