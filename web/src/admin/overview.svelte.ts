import { ask } from '../graphql/client'
import { OverviewQuery, type Overview } from '../graphql/metrics'
import { Resource } from '../graphql/resource.svelte'
import { startOfToday } from '../time/dates'

const every = 15_000

/** Today's numbers, read again every quarter of a minute while somebody looks. */
export function liveOverview(): Resource<Overview> {
  const resource = new Resource(() =>
    ask(OverviewQuery, { period: { from: startOfToday().toISOString(), to: new Date().toISOString() } }),
  )
  $effect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && resource.reload(), every)
    return () => clearInterval(timer)
  })
  return resource
}
