import { ask } from '../graphql/client'
import { SearchQuery, type SearchFound } from '../graphql/search'
import { protocolIn } from './commands'

const shortest = 2
const pause = 250

export interface Reach {
  chats: boolean
  customers: boolean
}

/** What the server finds for what is being typed: asked once the person stops, and never shown for other words. */
export class Search {
  found = $state.raw<SearchFound | null>(null)
  busy = $state(false)
  failed = $state(false)
  private timer: ReturnType<typeof setTimeout> | undefined
  private newest = 0

  constructor(private reach: Reach) {}

  follow(typed: string): void {
    clearTimeout(this.timer)
    const search = typed.trim()
    const mine = ++this.newest
    this.failed = false
    this.found = null
    this.busy = search.length >= shortest && (this.reach.chats || this.reach.customers)
    if (this.busy) this.timer = setTimeout(() => void this.read(search, mine), pause)
  }

  private async read(search: string, mine: number): Promise<void> {
    const protocol = protocolIn(search)
    const asked = { search, protocol: protocol ?? '', byProtocol: protocol !== null && this.reach.chats, ...this.reach }
    try {
      const found = await ask(SearchQuery, asked)
      if (mine === this.newest) this.found = found
    } catch {
      if (mine === this.newest) this.failed = true
    } finally {
      if (mine === this.newest) this.busy = false
    }
  }
}
