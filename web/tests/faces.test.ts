import { createRawSnippet } from 'svelte'
import { render } from 'svelte/server'
import { expect, test } from 'vitest'
import Faces from '../src/ui/Faces.svelte'

const live = createRawSnippet<[unknown]>((rows) => ({ render: () => `<ul>${(rows() as string[]).join(' ')}</ul>` }))
const empty = createRawSnippet(() => ({ render: () => '<p>Nothing yet</p>' }))
const isEmpty = (rows: unknown) => (rows as string[]).length === 0

/** What a screen says with such data and such a failure. */
function said(data: string[] | undefined, failed?: string): string {
  const words = { retryLabel: 'Retry', loadingLabel: 'Loading', staleLabel: 'Old.', onretry: () => {} }
  const { body } = render(Faces, { props: { data, failed, live, empty, isEmpty, ...words } })
  const spoken = body.replace(/<[^>]*aria-label="([^"]*)"[^>]*>/g, ' $1 ').replace(/<[^>]*>/g, ' ')
  return spoken.replace(/\s+/g, ' ').trim()
}

test.each([
  [undefined, undefined, 'Loading'],
  [undefined, 'No answer.', 'No answer. Retry'],
  [[], undefined, 'Nothing yet'],
  [['one', 'two'], undefined, 'one two'],
  // What is there stays, but nobody takes it for the news.
  [['one'], 'No answer.', 'No answer. Old. Retry one'],
  [[], 'No answer.', 'No answer. Old. Retry Nothing yet'],
])('a screen with %j and the failure %j says: %s', (data, failed, words) => expect(said(data, failed)).toBe(words))
