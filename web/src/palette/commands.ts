import type { IconName } from '../ui/icons'

/** In the order of the palette. */
export const groups = ['chats', 'acts', 'pages', 'availability', 'found', 'customers'] as const
export type Group = (typeof groups)[number]

/** Something that the palette offers. */
export interface Command {
  readonly id: string
  readonly group: Group
  readonly name: string
  readonly note?: string
  readonly icon: IconName
  /** The key that does the same, where there is one. */
  readonly key?: string
  readonly run: () => void
}

/** Without accents and capitals, as people type who are in a hurry. */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** What has every word typed, in its name or note; what begins with them comes first within its group. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const words = folded(typed).split(/\s+/).filter(Boolean)
  const rank = ({ name }: Command) => (folded(name).startsWith(words[0] ?? '') ? 0 : 1)
  return commands
    .filter(({ name, note }) => words.every((word) => folded(`${name} ${note ?? ''}`).includes(word)))
    .toSorted((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group) || rank(a) - rank(b))
}

/** The protocol in what was typed, whole: `20261123-000042`. */
export const protocolIn = (typed: string): string | null => /^\s*(\d{8}-\d{6,11})\s*$/.exec(typed)?.[1] ?? null
