import { backoff } from './backoff'

export interface Delivery {
  readonly cursor: string | null
}

export interface Sink<D> {
  next(delivery: D): void
  fail(code: string): void
}

export interface ResumeOptions<D extends Delivery> {
  /** Opens the stream; `after` is asked again whenever the socket comes back. Returns how to leave. */
  open(after: () => string | null, sink: Sink<D>): () => void
  cursor: string | null
  deliver(delivery: D): void
  /** Reads everything anew and returns the cursor it was read at. */
  refetch(): Promise<string | null>
  /** The stream is over for good: the rights are gone. */
  stopped?(code: string): void
  later?(run: () => void, ms: number): void
}

const fatal = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'INVALID'])

/** Follows a stream of facts across everything that may interrupt it, from the last cursor it saw. */
export function resume<D extends Delivery>(options: ResumeOptions<D>): () => void {
  const later = options.later ?? ((run, ms) => void setTimeout(run, ms))
  let cursor = options.cursor
  let failures = 0
  let ended = false
  let leave = () => {}

  function join(): void {
    if (ended) return
    let current = true
    leave = options.open(() => cursor, {
      next(delivery) {
        if (ended || !current) return
        options.deliver(delivery)
        // What is told again at every start is no sign that the rest gets through.
        if (delivery.cursor !== cursor) failures = 0
        cursor = delivery.cursor ?? cursor
      },
      fail(code) {
        if (ended || !current) return
        current = false
        void recover(code)
      },
    })
  }

  async function recover(code: string): Promise<void> {
    // A fault in one event ends nothing for the server: without this each try would leave a stream behind.
    leave()
    if (fatal.has(code)) {
      ended = true
      options.stopped?.(code)
      return
    }
    if (code === 'RESYNC') {
      try {
        cursor = await options.refetch()
      } catch {
        // The wait below asks the server again with the old cursor, which answers RESYNC again.
      }
    }
    // The first interruption is answered at once; repeated ones wait longer and longer.
    const wait = failures === 0 ? 0 : backoff(failures)
    failures += 1
    later(join, wait)
  }

  join()
  return () => {
    ended = true
    leave()
  }
}
