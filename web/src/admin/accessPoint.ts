import { locale, t } from '../texts/index'
import { parseDuration, shortTime } from '../time/duration'

const hour = 3_600_000
const day = 24 * hour

const number = (value: number, digits: number) =>
  new Intl.NumberFormat(locale.current, { maximumFractionDigits: digits }).format(value)

/** How long an answer took; a dash where none came. */
export function latencyOf(duration: string | null | undefined): string {
  const ms = parseDuration(duration)
  if (ms === null) return '—'
  return ms < 1 ? t.overview.lessThanOne : t.overview.milliseconds(number(ms, ms < 10 ? 1 : 0))
}

/** Why a check failed, in words; what has none, such as a status of HTTP, as it was told. */
export const reasonOf = (reason: string | null): string =>
  reason === null ? '' : ((t.network.reasons as Record<string, string>)[reason] ?? reason)

/** A share told in hundredths, such as the load of a processor. */
export const percentOf = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : `${number(value, 0)} %`

/** A share between 0 and 1; what is not quite whole is never shown as whole. */
export function availabilityOf(share: number | null | undefined): string {
  if (share === null || share === undefined) return '—'
  return `${number(share < 1 ? Math.min(share * 100, 99.99) : 100, 2)} %`
}

/** How long something lasts: to the second within a day, to the hour beyond. */
export function lengthOf(ms: number | null): string {
  if (ms === null || ms < day) return shortTime(ms)
  return t.network.days(Math.floor(ms / day), Math.floor((ms % day) / hour))
}
