/** A request that did not do what was asked; `code` is the server's, or NETWORK when no answer came. */
export class Failure extends Error {
  constructor(
    readonly code: string,
    message = '',
    readonly field: readonly string[] | null = null,
  ) {
    super(message || code)
  }

  /** Trying the very same again may work. */
  get passing(): boolean {
    return ['NETWORK', 'UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED'].includes(this.code)
  }
}

interface Refusable {
  readonly userErrors: readonly { code: string; message: string; field: readonly string[] | null }[]
}

/** Returns the payload, or throws the first thing the server told the person. */
export function accepted<P extends Refusable>(payload: P): P {
  const [first] = payload.userErrors
  if (first) throw new Failure(first.code, first.message, first.field)
  return payload
}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('INTERNAL')
}
