import { session } from '../app/session.svelte'
import { ask } from '../graphql/client'
import { keepFresh } from '../graphql/keepFresh.svelte'
import { PagedResource, Resource } from '../graphql/resource.svelte'
import type { Viewer } from '../graphql/session'
import { TicketDepartmentsQuery, TicketsQuery, type Ticket } from '../graphql/tickets'

const pageSize = 30
const openStates: Ticket['status'][] = ['WAITING', 'ACTIVE']
const closedStates: Ticket['status'][] = ['CLOSED']

export interface TicketChoice {
  readonly open: boolean
  readonly departmentId: string
  readonly mine: boolean
}

/** What to ask the server for, from what was chosen above the list. */
export function ticketFilter({ open, departmentId, mine }: TicketChoice, viewerId: string) {
  return {
    kind: 'TICKET' as const,
    status: open ? openStates : closedStates,
    departmentId: departmentId || null,
    agentId: mine ? viewerId : null,
  }
}

/** The tickets that I may see, narrowed as I choose. */
export class TicketList {
  choice = $state.raw<TicketChoice>({ open: true, departmentId: '', mine: false })
  readonly list: PagedResource<Ticket>

  constructor(viewerId: string) {
    this.list = new PagedResource<Ticket>(async (after) => {
      const filter = ticketFilter(this.choice, viewerId)
      const orderBy = this.choice.open ? ('NEWEST' as const) : ('RECENTLY_CLOSED' as const)
      return (await ask(TicketsQuery, { filter, orderBy, first: pageSize, after })).chats
    })
    keepFresh(this.list, pageSize)
  }

  narrow(choice: Partial<TicketChoice>): void {
    this.choice = { ...this.choice, ...choice }
    void this.list.reload()
  }
}

/** The departments in which this person may see and open tickets. */
export function ticketDepartments(viewer: Viewer): Resource<readonly { id: string; name: string }[]> {
  const everywhere = session.may('CHAT_VIEW_ALL')
  return new Resource(async () =>
    everywhere ? (await ask(TicketDepartmentsQuery, {})).departments : viewer.departments,
  )
}
