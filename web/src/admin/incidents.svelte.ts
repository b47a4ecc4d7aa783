import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { DeclareIncidentMutation, type IncidentWords } from '../graphql/incidentActs'
import { IncidentsQuery, type Incident } from '../graphql/incidents'
import { PagedResource, Resource } from '../graphql/resource.svelte'
import { followIncidents, settled } from './followIncidents.svelte'
import { openStatuses } from './incident'

const pageSize = 50

/** The incidents that are under way, live. */
export class OpenIncidents {
  readonly list = new Resource<readonly Incident[]>(async () => {
    const { incidents } = await ask(IncidentsQuery, { status: [...openStatuses], first: 100 })
    return incidents.nodes
  })

  constructor() {
    followIncidents(
      settled(() => void this.list.reload()),
      this.list.reload,
    )
  }
}

/** All incidents: those under way beside those that are over, live. */
export class Incidents {
  readonly open = new Resource<readonly Incident[]>(async () => {
    const { incidents } = await ask(IncidentsQuery, { status: [...openStatuses], first: 100 })
    return incidents.nodes
  })
  readonly over = new PagedResource<Incident>(async (after) => {
    const { incidents } = await ask(IncidentsQuery, { status: ['RESOLVED'], first: pageSize, after })
    return incidents
  })

  constructor() {
    followIncidents(
      settled(() => void this.reload()),
      this.reload,
    )
  }

  reload = async (): Promise<void> => {
    await Promise.all([this.open.reload(), this.over.reload()])
  }

  /** The id of the new one. */
  async declare(accessPointId: string, input: IncidentWords): Promise<string | null> {
    const { incident } = accepted((await tell(DeclareIncidentMutation, { accessPointId, input })).declareIncident)
    return incident?.id ?? null
  }
}
