import { paths } from '../app/routes'
import type { AccessPointStatus, NetworkSummary } from '../graphql/network'

/** Each state of an access point and its count in a summary: what is worse comes first. */
export const networkStates: readonly (readonly [AccessPointStatus, keyof NetworkSummary])[] = [
  ['OFFLINE', 'offline'],
  ['DEGRADED', 'degraded'],
  ['UNKNOWN', 'unknown'],
  ['MAINTENANCE', 'maintenance'],
  ['ONLINE', 'online'],
]

/** The list of the points in a state; of all without one. */
export const statePath = (status: AccessPointStatus | ''): string =>
  status ? `${paths.network}?status=${status}` : paths.network

/** The state that an address asks for; '' where it asks for none that there is. */
export const stateIn = (search: URLSearchParams): AccessPointStatus | '' =>
  networkStates.find(([status]) => status === search.get('status'))?.[0] ?? ''
