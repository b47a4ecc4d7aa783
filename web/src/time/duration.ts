const pattern = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Milliseconds of an ISO 8601 duration such as PT4M10S or P1DT0.5S; null for anything else. */
export function parseDuration(text: string | null | undefined): number | null {
  const match = text ? pattern.exec(text) : null
  if (!match || text?.endsWith('P') || text?.endsWith('T')) return null
  const [, minus, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  const total = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
  return (minus ? -1000 : 1000) * total
}

export function toDuration(seconds: number): string {
  return `PT${Math.max(0, Math.round(seconds))}S`
}

/** The seconds of a duration, for a field that people set them in. */
export const secondsOf = (text: string | null | undefined, otherwise: number): number =>
  (parseDuration(text) ?? otherwise * 1000) / 1000

/** 00:04:10; an unknown time is a dash, never 00:00:00. */
export function clockTime(ms: number | null): string {
  if (ms === null) return '—'
  const seconds = Math.max(0, Math.round(ms / 1000))
  const part = (n: number) => String(n).padStart(2, '0')
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`
}

/** For narrow rows: 4:10, 1:02:05. */
export function shortTime(ms: number | null): string {
  const long = clockTime(ms)
  return long.replace(/^00:0?/, '').replace(/^0(?=\d:\d\d:)/, '')
}
