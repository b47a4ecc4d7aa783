import type { Member } from '../graphql/team'

export const standings = ['ONLINE', 'PAUSED', 'OFFLINE'] as const
export type Standing = (typeof standings)[number]

export interface TeamFilter {
  /** Empty: of every department. */
  readonly department: string
  /** Empty: whatever they do. */
  readonly standing: Standing | ''
}

/** Who is looked for, by what counts now; within each group as the server orders them. */
export function grouped(members: readonly Member[], { department, standing }: TeamFilter): [Standing, Member[]][] {
  const here = members.filter(({ user }) => !department || user.departments.some(({ id }) => id === department))
  return standings
    .filter((one) => !standing || one === standing)
    .map((one): [Standing, Member[]] => [one, here.filter(({ user }) => user.presence.status === one)])
    .filter(([, group]) => group.length > 0)
}

/** Chats that weigh on somebody and are not the viewer's to see. */
export const unseen = ({ load, chats }: Member): number => Math.max(0, load - chats.length)

export const isFull = ({ load, user }: Member): boolean => load >= user.capacity
