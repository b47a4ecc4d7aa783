import { ask } from '../graphql/client'
import { ChatsOfCustomerQuery, type ChatOfCustomer } from '../graphql/customers'
import { Resource } from '../graphql/resource.svelte'

const shown = 5

interface Found {
  nodes: readonly ChatOfCustomer[]
  totalCount: number
}

/** What a customer's card lists: the other chats of theirs that this person may see, and how many more there are. */
export function besides(found: Found, chatId: string): { others: readonly ChatOfCustomer[]; more: number } {
  const others = found.nodes.filter((chat) => chat.id !== chatId).slice(0, shown)
  // The open chat is one of them even where so many came since that it is not among the newest.
  return { others, more: Math.max(0, found.totalCount - 1 - others.length) }
}

/** The chats of one customer, beside the one that is open. */
export class ChatsOfCustomer {
  readonly chats: Resource<Found>
  private told = $derived.by(() => this.chats.data && besides(this.chats.data, this.chatId))
  others = $derived(this.told?.others ?? [])
  more = $derived(this.told?.more ?? 0)

  constructor(
    customerId: string,
    private chatId: string,
  ) {
    this.chats = new Resource(async () => (await ask(ChatsOfCustomerQuery, { customerId, first: shown + 1 })).chats)
  }
}
