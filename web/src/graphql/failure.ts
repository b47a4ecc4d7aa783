interface UserError {
  readonly code: string
  readonly message: string
  readonly field: readonly string[] | null
}

/** A request that did not do what was asked; `code` is the server's, or NETWORK when no answer came. */
export class Failure extends Error {
  constructor(
    readonly code: string,
    message = '',
    readonly field: readonly string[] | null = null,
    /** All that the server found wrong, this first. */
    readonly errors: readonly UserError[] = [],
  ) {
    super(message || code)
  }

  /** Trying the very same again may work. */
  get passing(): boolean {
    return ['NETWORK', 'UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED'].includes(this.code)
  }
}

interface Refusable {
  readonly userErrors: readonly UserError[]
}

/** Returns the payload, or throws what the server told the person. */
export function accepted<P extends Refusable>(payload: P): P {
  const [first] = payload.userErrors
  if (first) throw new Failure(first.code, first.message, first.field, payload.userErrors)
  return payload
}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('INTERNAL')
}
