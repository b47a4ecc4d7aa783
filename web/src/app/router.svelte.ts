import { parseRoute, type Route } from './routes'

class Router {
  private location = $state({ path: location.pathname, search: location.search })
  route: Route = $derived(parseRoute(this.location.path))
  search = $derived(new URLSearchParams(this.location.search))

  constructor() {
    addEventListener('popstate', () => this.read())
    document.addEventListener('click', (event) => this.follow(event))
  }

  go(to: string): void {
    if (to !== location.pathname + location.search) history.pushState(null, '', to)
    this.read()
  }

  replace(to: string): void {
    history.replaceState(null, '', to)
    this.read()
  }

  private read(): void {
    this.location = { path: location.pathname, search: location.search }
  }

  /** Links stay real links (new tab, copy address); a plain click on one of ours does not reload the page. */
  private follow(event: MouseEvent): void {
    const link = (event.target as Element).closest?.('a')
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return
    if (parseRoute(link.pathname).page === 'unknown') return
    event.preventDefault()
    this.go(link.pathname + link.search)
  }
}

export const router = new Router()
