import { locale } from '../texts/index'

/** A share as a percentage; an unknown one is a dash. */
export function percent(share: number | null): string {
  if (share === null) return '—'
  return new Intl.NumberFormat(locale.current, { style: 'percent', maximumFractionDigits: 1 }).format(share)
}
