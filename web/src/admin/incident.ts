import type { Incident, IncidentStatus } from '../graphql/incidents'
import type { Permission } from '../app/routes'

/** How far an incident is that is not over. */
export const openStatuses = ['SUSPECTED', 'CONFIRMED', 'MONITORED'] as const satisfies readonly IncidentStatus[]

export type IncidentAct = 'confirm' | 'edit' | 'reply' | 'monitor' | 'resolve' | 'dismiss'

/** What such a person can do about it now, in the order of the buttons. */
export function actsOn(
  incident: Pick<Incident, 'status' | 'confirmedAt'>,
  may: (permission: Permission) => boolean,
): IncidentAct[] {
  const manages = may('QUEUE_MANAGE') || may('NETWORK_MANAGE')
  if (incident.status === 'RESOLVED' || !manages) return []
  const acts: IncidentAct[] = [incident.confirmedAt ? 'edit' : 'confirm']
  if (may('QUEUE_MANAGE')) acts.push('reply')
  if (incident.status !== 'MONITORED') acts.push('monitor')
  return [...acts, 'resolve', 'dismiss']
}
