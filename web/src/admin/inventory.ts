import { tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { ImportAccessPointsMutation, type ImportedFile } from '../graphql/inventory'
import type { AccessPointStatus } from '../graphql/network'

/** What one request may carry, less what surrounds the file and what its quotes and line ends grow by. */
export const mostCharacters = 200_000

export async function importPoints(csv: string, dryRun: boolean): Promise<ImportedFile | null> {
  return accepted((await tell(ImportAccessPointsMutation, { csv, dryRun })).importAccessPoints).file
}

/** A file as text: UTF-8, or what Excel in Brazil saves where it was not told to. */
export async function textOf(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Where the points that are shown can be taken away. */
export function pointsPath(kind: 'csv' | 'json', status: AccessPointStatus | '', search: string): string {
  const asked = Object.entries({ status, q: search.trim() }).filter(([, value]) => value)
  const query = new URLSearchParams(asked).toString()
  return `/exports/access-points.${kind}${query ? `?${query}` : ''}`
}
