import type { AuditChange } from '../graphql/audit'
import { t } from '../texts/index'
import { dateTime } from '../time/dates'
import { clockTime, parseDuration } from '../time/duration'

/** Somebody or something that the log can be narrowed to. */
export interface Subject {
  id: string
  name: string
}

/** What the log is narrowed to; days are those of the viewer's calendar, the last one included. */
export interface AuditNarrowing {
  actor: Subject | null
  object: Subject | null
  action: string
  fromDay: string
  toDay: string
}

export const everything: AuditNarrowing = { actor: null, object: null, action: '', fromDay: '', toDay: '' }

const midnight = (day: string, plus = 0): string => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + plus).toISOString()
}

/** The half-open period that two days name; one that is left out is as early, or as late, as can be. */
export function periodOf(fromDay: string, toDay: string): { from: string; to: string } | null {
  if (!fromDay && !toDay) return null
  return { from: midnight(fromDay || '2000-01-01'), to: midnight(toDay || '2999-12-31', 1) }
}

export function variablesOf(wanted: AuditNarrowing) {
  return {
    actorId: wanted.actor?.id ?? null,
    objectId: wanted.object?.id ?? null,
    action: wanted.action || null,
    period: periodOf(wanted.fromDay, wanted.toDay),
  }
}

/** Where the same entries can be had as a file. */
export function exportPath(kind: 'csv' | 'json', wanted: AuditNarrowing): string {
  const { period, ...given } = variablesOf(wanted)
  const asked = Object.entries({ ...given, ...period }).filter((pair): pair is [string, string] => Boolean(pair[1]))
  const query = new URLSearchParams(asked).toString()
  return `/exports/audit.${kind}${query ? `?${query}` : ''}`
}

/** The subject of `user:<id>`; null for what has no id, such as the system. */
export function subjectOf(reference: string, name: string | null): Subject | null {
  const [, id] = reference.split(':')
  return id ? { id, name: callIt(reference, name) } : null
}

/** What to call an actor or object: its name, else its kind, with the end of its id to tell two apart. */
export function callIt(reference: string, name: string | null): string {
  if (name) return name
  const [kind = '', id] = reference.split(':')
  const known = (t.audit.kinds as Record<string, string>)[kind] ?? kind
  return id ? `${known} …${id.slice(-6)}` : known
}

/** The kind of an object, said beside its name. */
export const kindOf = (reference: string): string =>
  (t.audit.kinds as Record<string, string>)[reference.split(':')[0] ?? ''] ?? ''

export const fieldName = (field: string): string => (t.audit.fields as Record<string, string>)[field] ?? field

const words = (): Record<string, Record<string, string>> => ({
  role: t.role,
  permissions: t.permission,
  priority: t.priority,
  category: t.category,
  close_reason: t.reason,
  audience: t.maintenance.audiences,
  cause: t.incidents.cause,
  cpf_policy: t.departments.cpfPolicy,
  events: t.webhooks.event,
  kind: { ...t.network.kinds, CHAT: t.card.chat, TICKET: t.tickets.one },
  routing: t.departments.routingMode,
  // Of a chat, an incident or a person: no word of one stands for something else with another.
  status: { ...t.incidents.chatStatus, ...t.incidents.status, ...statusOfPeople() },
  when_closed: t.hours.way,
})

const statusOfPeople = () => {
  const { ONLINE, PAUSED, OFFLINE } = t.availability
  return { ONLINE, PAUSED, OFFLINE }
}

/** What has no name (any more) is told apart by the end of its id. */
const id = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{6}([\da-f]{6})$/

/** A value of a change as people read it: names for ids, words for codes, times for durations. */
export function valueText(field: string, value: string | null, names: ReadonlyMap<string, string>): string {
  if (value === null || value === '') return '—'
  if (value === 'true') return t.audit.yes
  if (value === 'false') return t.audit.no
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return dateTime(value)
  const duration = parseDuration(value)
  if (duration !== null) return clockTime(duration)
  const say = (one: string) => names.get(one) ?? words()[field]?.[one] ?? one.replace(id, (_, end: string) => `…${end}`)
  const list = listIn(value)
  if (list) return list.length ? list.map(say).join(', ') : '—'
  return say(value)
}

function listIn(value: string): string[] | null {
  if (!value.startsWith('[')) return null
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) ? parsed.map(String) : null
  } catch {
    return null
  }
}

/** What a change is called in one line: the names of its fields. */
export const changedFields = (changes: readonly AuditChange[]): string =>
  changes.map((change) => fieldName(change.field)).join(', ')
