import { expect, test } from 'vitest'
import { colleagues } from '../src/agent/transfer'
import type { TransferTargets } from '../src/graphql/chatActs'

type Agent = NonNullable<TransferTargets[number]['agents']>[number]

function agent(id: string, more: Partial<Agent> = {}, present = true): Agent {
  const presence = { status: 'ONLINE', chosen: 'ONLINE', reason: null, since: '', present } as const
  return { id, name: id, capacity: 2, presence, activeChats: null, ...more }
}
const department = (name: string, agents: Agent[]) => ({ id: name, name, online: true, agents })
const chats = (...kinds: ('CHAT' | 'TICKET')[]) => kinds.map((kind, index) => ({ id: `${index}`, kind }))

test('whoever can take a chat now is offered first, those who are away last', () => {
  const busy = agent('busy', { activeChats: chats('CHAT', 'CHAT') })
  const all = [department('d1', [agent('away', {}, false), busy, agent('zoe'), agent('ana')])]
  expect(colleagues(all, { agent: null }).map(({ id }) => id)).toEqual(['ana', 'zoe', 'busy', 'away'])
})

test('somebody of two departments is offered once, and whoever has the chat is not', () => {
  const all = [department('d1', [agent('ana'), agent('bia')]), department('d2', [agent('bia')])]
  const offered = colleagues(all, { agent: { id: 'ana', name: 'ana' } })
  expect(offered.map(({ id, departments }) => [id, departments])).toEqual([['bia', ['d1', 'd2']]])
})

test('tickets are no load, and an unknown load is not zero', () => {
  const all = [department('d1', [agent('ana', { activeChats: chats('TICKET', 'CHAT') }), agent('bia')])]
  expect(colleagues(all, { agent: null }).map(({ load }) => load)).toEqual([1, null])
})
