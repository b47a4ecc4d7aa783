import type { Presence } from '../graphql/presence'
import { t } from '../texts/index'
import { ptBR } from '../texts/pt-BR'

type Known = keyof typeof ptBR.availability.reasons
const known = Object.keys(ptBR.availability.reasons) as Known[]

/** A pause for people: the usual ones in their language, those of this deployment as it wrote them. */
export function reasonName(reason: string): string {
  // The server keeps one spelling, so that reports count one word for one thing.
  const key = known.find((name) => ptBR.availability.reasons[name] === reason)
  return key ? t.availability.reasons[key] : reason
}

export type Standing = Pick<Presence, 'chosen' | 'reason' | 'present'>

/** What somebody chose, in words. */
export function chosenName({ chosen, reason }: Standing): string {
  return chosen === 'PAUSED' && reason ? reasonName(reason) : t.availability[chosen]
}

/** True for a choice that does not count, because no live connection of theirs stands behind it. */
export const isAway = ({ chosen, present }: Standing): boolean => chosen !== 'OFFLINE' && !present
