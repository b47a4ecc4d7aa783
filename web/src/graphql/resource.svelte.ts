import { asFailure, type Failure } from './failure'

/** One thing a screen reads: loading, failed (with `reload` as the way out) or there. */
export class Resource<T> {
  data = $state.raw<T>()
  error = $state.raw<Failure>()
  loading = $state(true)
  private read: () => Promise<T>
  private newest = 0

  constructor(read: () => Promise<T>) {
    this.read = read
    void this.reload()
  }

  reload = async (): Promise<void> => {
    const mine = ++this.newest
    this.loading = true
    this.error = undefined
    try {
      const data = await this.read()
      if (mine === this.newest) this.data = data
    } catch (problem) {
      if (mine === this.newest) this.error = asFailure(problem)
    } finally {
      if (mine === this.newest) this.loading = false
    }
  }
}

interface Page<N> {
  nodes: readonly N[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  totalCount: number
}

/** A list that grows by `more()` while the server has further pages. */
export class PagedResource<N extends { id: string }> extends Resource<Page<N>> {
  loadingMore = $state(false)

  constructor(private page: (after: string | null) => Promise<Page<N>>) {
    super(() => page(null))
  }

  more = async (): Promise<void> => {
    const before = this.data
    if (!before?.pageInfo.hasNextPage || this.loadingMore) return
    this.loadingMore = true
    try {
      const next = await this.page(before.pageInfo.endCursor)
      // A reload in the meantime wins: its list is the newer truth.
      if (this.data === before) this.data = { ...next, nodes: [...before.nodes, ...next.nodes] }
    } catch (problem) {
      this.error = asFailure(problem)
    } finally {
      this.loadingMore = false
    }
  }

  /** Puts what is newly known of a node over what is shown of it, wherever it is shown. */
  replace(node: Partial<N> & { id: string }): void {
    if (!this.data) return
    this.data = { ...this.data, nodes: this.data.nodes.map((old) => (old.id === node.id ? { ...old, ...node } : old)) }
  }
}
