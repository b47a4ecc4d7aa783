import { ask, tell } from '../graphql/client'
import { accepted, Failure } from '../graphql/failure'
import {
  ConfirmIncidentMutation,
  DismissIncidentMutation,
  MonitorIncidentMutation,
  ReplyToIncidentMutation,
  ResolveIncidentMutation,
  UpdateIncidentMutation,
  type IncidentWords,
  type ReplyInput,
} from '../graphql/incidentActs'
import { IncidentChatsQuery, IncidentQuery, type IncidentChat, type IncidentDetails } from '../graphql/incidents'
import { PagedResource, Resource } from '../graphql/resource.svelte'
import { followIncidents, settled } from './followIncidents.svelte'

const pageSize = 50

/** One incident with its chats, live, and all that can be done about it. */
export class LiveIncident {
  readonly details: Resource<IncidentDetails>
  readonly chats: PagedResource<IncidentChat & { id: string }>

  constructor(readonly id: string) {
    // They begin to read at once, and so not before it is known of which incident.
    this.details = new Resource(async () => {
      const { incident } = await ask(IncidentQuery, { id })
      if (!incident) throw new Failure('NOT_FOUND')
      return incident
    })
    this.chats = new PagedResource(async (after) => {
      const { incident } = await ask(IncidentChatsQuery, { id, first: pageSize, after })
      if (!incident) throw new Failure('NOT_FOUND')
      const nodes = incident.chats.nodes.map((link, at) => ({ ...link, id: link.chat?.id ?? `${after} ${at}` }))
      return { ...incident.chats, nodes }
    })
    const again = settled(() => void this.reload())
    followIncidents((moved) => {
      if (moved === id) again()
    }, this.reload)
  }

  reload = async (): Promise<void> => {
    await Promise.all([this.details.reload(), this.chats.reload()])
  }

  async say(input: IncidentWords): Promise<void> {
    accepted((await tell(UpdateIncidentMutation, { id: this.id, input })).updateIncident)
    await this.reload()
  }

  async confirm(input: IncidentWords): Promise<void> {
    accepted((await tell(ConfirmIncidentMutation, { id: this.id, input })).confirmIncident)
    await this.reload()
  }

  async monitor(): Promise<void> {
    accepted((await tell(MonitorIncidentMutation, { id: this.id })).monitorIncident)
    await this.reload()
  }

  async resolve(): Promise<void> {
    accepted((await tell(ResolveIncidentMutation, { id: this.id })).resolveIncident)
    await this.reload()
  }

  async dismiss(reason: string): Promise<void> {
    accepted((await tell(DismissIncidentMutation, { id: this.id, reason })).dismissIncident)
    await this.reload()
  }

  /** To how many it goes. */
  async reply(input: ReplyInput): Promise<number> {
    const { reply } = accepted((await tell(ReplyToIncidentMutation, { id: this.id, input })).replyToIncident)
    void this.reload()
    return reply?.total ?? 0
  }
}
