import type { Webhook, WebhookEvent } from '../graphql/webhooks'
import { t } from '../texts/index'
import { parseDuration } from '../time/duration'

/** Every event that there is, in the order of the form. */
export const events = Object.keys(t.webhooks.event) as WebhookEvent[]

export type Health = 'off' | 'failing' | 'lost' | 'well'

/** How a webhook does: whoever fails now comes before what was lost earlier. */
export function healthOf(webhook: Pick<Webhook, 'active' | 'failingSince' | 'failed'>): Health {
  if (!webhook.active) return 'off'
  if (webhook.failingSince) return 'failing'
  return webhook.failed ? 'lost' : 'well'
}

/** What an attempt came to, in a few words: a status, or what was met instead, and how long it took. */
export function answerOf(attempt: { statusCode: number | null; error: string | null; took: string | null }): string {
  const known = t.webhooks.errors as Record<string, string>
  const met = attempt.statusCode
    ? `HTTP ${attempt.statusCode}`
    : attempt.error
      ? (known[attempt.error] ?? attempt.error)
      : ''
  const took = parseDuration(attempt.took)
  if (!met) return '—'
  return took === null ? met : `${met}, ${Math.round(took)} ms`
}

/** A body as people read it; what cannot be read stays as it is. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

/** The moment so many days ago. */
export const daysAgo = (days: number, now = Date.now()): string => new Date(now - days * 86_400_000).toISOString()
