import { Client, fetchExchange, type AnyVariables, type CombinedError, type TypedDocumentNode } from '@urql/core'
import { locale } from '../texts/locale.svelte'
import { Failure } from './failure'

const client = new Client({
  url: '/graphql',
  exchanges: [fetchExchange],
  requestPolicy: 'network-only',
  // The server takes queries by POST only: what is asked must not stand in logs as an address.
  preferGetMethod: false,
  fetchOptions: () => ({
    credentials: 'same-origin',
    // Answered at once and whole: urql offers streams too, which keep the server from its quickest way.
    headers: { Accept: 'application/graphql-response+json, application/json', 'Accept-Language': locale.current },
  }),
})

let signedOut: () => void = () => {}

/** Called whenever the server says that nobody is signed in any more. */
export function onSignedOut(callback: () => void): void {
  signedOut = callback
}

export function lostSession(): void {
  signedOut()
}

const byStatus: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
}

function failure(error: CombinedError): Failure {
  const first = error.graphQLErrors[0]
  const status = (error.response as Response | undefined)?.status
  const code = first?.extensions.code ?? byStatus[status ?? 0] ?? (status ? 'INTERNAL' : 'NETWORK')
  if (code === 'UNAUTHENTICATED') signedOut()
  return new Failure(String(code))
}

export async function ask<D, V extends AnyVariables>(query: TypedDocumentNode<D, V>, variables: V): Promise<D> {
  const { data, error } = await client.query(query, variables).toPromise()
  if (error) throw failure(error)
  return data as D
}

export async function tell<D, V extends AnyVariables>(mutation: TypedDocumentNode<D, V>, variables: V): Promise<D> {
  const { data, error } = await client.mutation(mutation, variables).toPromise()
  if (error) throw failure(error)
  return data as D
}
