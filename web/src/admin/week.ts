/** The hours of a week as they are edited: what the server keeps as a list, by day. */
export const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const
export type Weekday = (typeof weekdays)[number]

export interface Stretch {
  opens: string
  /** In a time field the end of the day is 00:00; the server says 24:00. */
  closes: string
}
export interface OpenHours extends Stretch {
  weekday: Weekday
}
export type Week = Record<Weekday, Stretch[]>

const END = '24:00'
const MIDNIGHT = '00:00'

/** 00:00 as a closing time is the end of the day. */
export const closing = (time: string): string => (time === MIDNIGHT ? END : time)

export function toWeek(hours: readonly OpenHours[]): Week {
  const of = (day: Weekday) =>
    hours
      .filter(({ weekday }) => weekday === day)
      .map(({ opens, closes }) => ({ opens, closes: closes === END ? MIDNIGHT : closes }))
  return Object.fromEntries(weekdays.map((day) => [day, of(day)])) as Week
}

export const toHours = (week: Week): OpenHours[] =>
  weekdays.flatMap((weekday) => week[weekday].map(({ opens, closes }) => ({ weekday, opens, closes: closing(closes) })))

/** What another stretch of a day begins with: a whole day at first, then from where the last one ends. */
export function nextStretch(day: readonly Stretch[]): Stretch {
  const last = day.at(-1)
  if (!last) return { opens: '08:00', closes: '18:00' }
  return last.closes === MIDNIGHT ? { opens: '', closes: '' } : { opens: last.closes, closes: MIDNIGHT }
}

export type DayProblem = 'missing' | 'backwards' | 'crossed'

/** What is wrong with the stretches of a day, before the server is asked. */
export function problemOf(day: readonly Stretch[]): DayProblem | undefined {
  if (day.some(({ opens, closes }) => !opens || !closes)) return 'missing'
  const ordered = day.toSorted((a, b) => (a.opens < b.opens ? -1 : 1))
  if (ordered.some(({ opens, closes }) => opens >= closing(closes))) return 'backwards'
  if (ordered.some(({ opens }, i) => i > 0 && opens < closing(ordered[i - 1]!.closes))) return 'crossed'
  return undefined
}
