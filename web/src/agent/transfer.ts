import { isAway } from '../app/presence'
import type { Chat } from '../graphql/chats'
import type { TransferTargets } from '../graphql/chatActs'

type Person = NonNullable<TransferTargets[number]['agents']>[number]

export interface Colleague extends Pick<Person, 'id' | 'name' | 'presence' | 'capacity'> {
  readonly departments: readonly string[]
  /** How many chats they attend; null for who may not know. Tickets do not count. */
  readonly load: number | null
}

export const attends = ({ presence }: Pick<Colleague, 'presence'>) => presence.chosen === 'ONLINE' && !isAway(presence)

export const isFull = ({ load, capacity }: Colleague) => load !== null && load >= capacity

/** Everybody else once, whoever could take the chat now first. */
export function colleagues(targets: TransferTargets, chat: Pick<Chat, 'agent'>): Colleague[] {
  const people = new Map<string, Colleague>()
  for (const { name: department, agents } of targets) {
    for (const person of agents ?? []) {
      const departments = [...(people.get(person.id)?.departments ?? []), department]
      const load = person.activeChats?.filter(({ kind }) => kind === 'CHAT').length ?? null
      people.set(person.id, { ...person, departments, load })
    }
  }
  if (chat.agent) people.delete(chat.agent.id)
  const rank = (person: Colleague) => (attends(person) ? (isFull(person) ? 1 : 0) : 2)
  return [...people.values()].toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}
