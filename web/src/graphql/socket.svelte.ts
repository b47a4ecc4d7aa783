import { createClient, type Client } from 'graphql-ws'
import { print, type DocumentNode } from './print'
import { locale } from '../texts/locale.svelte'
import { backoff } from './backoff'
import { lostSession } from './client'
import type { Delivery, Sink } from './resume'

const pingEvery = 15_000
const pongWithin = 5_000

class Link {
  /** True while a connection that had been wanted is away. */
  lost = $state(false)
  /** Grows with each connection made: state that is not replayed must be read again then. */
  connections = $state(0)
}
export const link = new Link()

let pongTimer: ReturnType<typeof setTimeout> | undefined
let socket: WebSocket | undefined

/** Waits, but not a moment longer once the network is back or somebody looks again. */
function patience(ms: number): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', end)
      document.removeEventListener('visibilitychange', end)
      done()
    }
    const timer = setTimeout(end, ms)
    addEventListener('online', end)
    document.addEventListener('visibilitychange', end)
  })
}

const client: Client = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
  connectionParams: () => ({ locale: locale.current }),
  lazy: true,
  lazyCloseTimeout: 2_000,
  keepAlive: pingEvery,
  connectionAckWaitTimeout: 8_000,
  retryAttempts: Number.POSITIVE_INFINITY,
  retryWait: (attempt) => patience(backoff(attempt)),
  shouldRetry: (problem) => (problem as CloseEvent).code !== 4403,
  on: {
    opened: (opened) => void (socket = opened as WebSocket),
    connected() {
      link.connections += 1
      link.lost = false
    },
    closed(event) {
      clearTimeout(pongTimer)
      const { code } = event as CloseEvent
      if (code === 4403) lostSession()
      else if (code !== 1000) link.lost = true
    },
    // A link that died silently (a sleeping laptop, a lost mobile cell) never closes by itself.
    ping(received) {
      if (received) return
      clearTimeout(pongTimer)
      pongTimer = setTimeout(() => socket?.close(4408, 'No pong'), pongWithin)
    },
    pong(received) {
      if (received) clearTimeout(pongTimer)
    },
  },
})

/** The person or the language changed: greet the server anew. */
export function reconnect(): void {
  client.terminate()
}

function codeOf(problem: unknown): string {
  const first = Array.isArray(problem) ? problem[0] : undefined
  return String(first?.extensions?.code ?? 'INTERNAL')
}

export function open<D extends Delivery>(
  document: DocumentNode,
  variables: Record<string, unknown>,
  pick: (data: never) => D,
  after: () => string | null,
  sink: Sink<D>,
): () => void {
  const fail = (code: string) => {
    // Said of a stream, it holds for all that is on the screen: nobody waits for the next request to hear of it.
    if (code === 'UNAUTHENTICATED') lostSession()
    sink.fail(code)
  }
  // graphql-ws sends this payload again on every new connection; the getter makes it resume where we are.
  const live = Object.defineProperty({ ...variables }, 'after', { enumerable: true, get: after })
  return client.subscribe(
    { query: print(document), variables: live },
    {
      next: ({ data, errors }) => (errors?.length ? fail(codeOf(errors)) : sink.next(pick(data as never))),
      error: (problem) => fail(codeOf(problem)),
      complete: () => sink.fail('COMPLETE'),
    },
  )
}
