import { locale, t } from '../texts/index'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(date: Date, options: Intl.DateTimeFormatOptions): string {
  // English is read in Brazil here: the day first and 24 hours, as on every other clock in the room.
  const language = locale.current === 'en' ? 'en-GB' : locale.current
  const key = language + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language, options)
  formats.set(key, known)
  return known.format(date)
}

export const hour = (iso: string) => format(new Date(iso), { hour: '2-digit', minute: '2-digit' })

export const dateTime = (iso: string) =>
  format(new Date(iso), { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' })

/** A calendar day in the viewer's zone, to compare. */
export const dayKey = (iso: string) => new Date(iso).toDateString()

export function dayName(iso: string, today: Date = new Date()): string {
  const yesterday = new Date(today)
  yesterday.setDate(today.getDate() - 1)
  if (dayKey(iso) === today.toDateString()) return t.time.today
  if (dayKey(iso) === yesterday.toDateString()) return t.time.yesterday
  return format(new Date(iso), { weekday: 'long', day: 'numeric', month: 'long' })
}
/** qua., 25/12: a day of the calendar, the same in every zone. */
export const calendarDay = (day: string) =>
  format(new Date(`${day}T00:00`), { weekday: 'short', day: '2-digit', month: '2-digit' })

/** The day itself, for paper, on which "today" would soon be wrong. */
export const fullDay = (iso: string) =>
  format(new Date(iso), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })

/** 12/03/2028 */
export const dayOf = (iso: string) => format(new Date(iso), { day: '2-digit', month: '2-digit', year: 'numeric' })

/** 14:05 today, 21/11 before. */
export const hourOrDay = (iso: string) =>
  dayKey(iso) === new Date().toDateString() ? hour(iso) : format(new Date(iso), { day: '2-digit', month: '2-digit' })

/** 21/11, 14:05 of this year, 21/11/2027, 14:05 of another. */
export function dayAndHour(iso: string, today: Date = new Date()): string {
  const at = new Date(iso)
  const year = at.getFullYear() === today.getFullYear() ? undefined : ('numeric' as const)
  return format(at, { day: '2-digit', month: '2-digit', year, hour: '2-digit', minute: '2-digit' })
}

export function startOfToday(): Date {
  const start = new Date()
  start.setHours(0, 0, 0, 0)
  return start
}

/** A moment as a datetime-local field wants it: 2026-11-22T14:05 on the viewer's clock. */
export function toLocal(iso: string | null): string {
  if (!iso) return ''
  const at = new Date(iso)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The moment that a datetime-local field names; null while it is empty. */
export const fromLocal = (local: string): string | null => (local ? new Date(local).toISOString() : null)

/** The last second of a day that was chosen, in the viewer's zone: what holds until a day holds on its evening too. */
export const endOfDay = (day: string): string | null => fromLocal(day && `${day}T23:59:59`)
