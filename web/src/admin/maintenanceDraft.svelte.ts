import type { AccessPointDetails } from '../graphql/accessPoint'

export type Planned = AccessPointDetails['maintenance'][number]
export type Told = NonNullable<Planned['audience']> | 'NOBODY'

/** How long before planned work begins its customers are told: the server's rule, said here in advance. */
const ANNOUNCED = 72 * 3_600_000

/** From when customers are told of what begins then; null when that is so already. */
export function toldFrom(startsAt: string, now = Date.now()): string | null {
  const from = new Date(startsAt).getTime() - ANNOUNCED
  return from > now ? new Date(from).toISOString() : null
}

/** What is being written of planned work, as the fields hold it. */
export class MaintenanceDraft {
  title = $state('')
  told = $state<Told>('NOBODY')
  message = $state('')

  constructor(work?: Planned) {
    this.title = work?.title ?? ''
    this.told = work?.audience ?? 'NOBODY'
    this.message = work?.message ?? ''
  }

  words = () => ({
    title: this.title.trim(),
    audience: this.told === 'NOBODY' ? null : this.told,
    message: this.told === 'NOBODY' ? '' : this.message.trim(),
  })
}
