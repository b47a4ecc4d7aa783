import type { PagedResource } from './resource.svelte'

const every = 15_000

/** Reads a list again every quarter of a minute while somebody looks; one that was paged through is left as it is. */
export function keepFresh<N extends { id: string }>(list: PagedResource<N>, pageSize: number): void {
  const refresh = () => {
    const first = list.data !== undefined && list.data.nodes.length <= pageSize
    if (first && !list.loading && document.visibilityState === 'visible') void list.reload()
  }
  $effect(() => {
    const timer = setInterval(refresh, every)
    return () => clearInterval(timer)
  })
}
