import { router } from '../app/router.svelte'
import { ask } from '../graphql/client'
import { MetricLegsQuery, MetricQuery, TodayQuery, type MetricLeg } from '../graphql/metrics'
import { PagedResource } from '../graphql/resource.svelte'
import { worthOf, type Worth } from './explain'
import { metricPath, periodOf, readMetric, type Figure, type MetricFilter, type Period } from './metricFilter'

export type Row = MetricLeg & { id: string }

/** A figure as it was when its legs were read: the period ends then, so that later pages belong to it too. */
export interface Told {
  /** Where it is explained. */
  path: string
  figure: Figure
  department: string
  period: Period
  worth: Worth
}

/** The figure that the address names, and the legs behind it. */
export class Explained {
  filter = $derived(readMetric(router.search))
  told = $state.raw<Told>()
  readonly list: PagedResource<Row>

  constructor() {
    this.list = new PagedResource<Row>((after) => (after === null ? this.first() : this.following(after)))
    let shown = metricPath(this.filter)
    $effect(() => {
      const wanted = metricPath(this.filter)
      if (wanted !== shown) void this.list.reload()
      shown = wanted
    })
  }

  /** Whether what is shown is what the address names; not so while that is read, nor when it could not be. */
  get current(): boolean {
    return this.told?.path === metricPath(this.filter)
  }

  /** Choose something: a step that the browser's way back undoes. */
  narrow = (change: Partial<MetricFilter>): void => router.go(metricPath({ ...this.filter, ...change }))

  private async first() {
    const filter = this.filter
    const { figure, department } = filter
    const period = periodOf(filter, new Date()) ?? (await ask(TodayQuery, {})).dashboard.today
    const { metrics } = await ask(MetricQuery, {
      ...asked(figure, department, period),
      offered: figure === 'OFFERED',
      waitTime: figure === 'WAIT_TIME',
      firstResponse: figure === 'FIRST_RESPONSE',
      handleTime: figure === 'HANDLE_TIME',
      activeHandleTime: figure === 'ACTIVE_HANDLE_TIME',
      resolution: figure === 'RESOLUTION',
      serviceLevel: figure === 'SERVICE_LEVEL',
      abandonment: figure === 'ABANDONMENT',
      occupancy: figure === 'OCCUPANCY',
      satisfaction: figure === 'SATISFACTION',
    })
    const path = metricPath(filter)
    // Who has chosen something else meanwhile is told of that.
    if (path === metricPath(this.filter)) {
      this.told = { path, figure, department, period, worth: worthOf(figure, metrics) }
    }
    return rowsOf(metrics.legs, 'first')
  }

  private async following(after: string) {
    const { figure, department, period } = this.told!
    const { metrics } = await ask(MetricLegsQuery, { ...asked(figure, department, period), after })
    return rowsOf(metrics.legs, after)
  }
}

const asked = (figure: Figure, department: string, { from, to }: Period) => ({
  figure,
  departmentId: department || null,
  period: { from, to },
})

/** Legs have no id of their own: each is known by its page and its place there. */
function rowsOf<P extends { nodes: readonly MetricLeg[] }>(page: P, name: string) {
  return { ...page, nodes: page.nodes.map((leg, place) => ({ ...leg, id: `${name}:${place}` })) }
}
