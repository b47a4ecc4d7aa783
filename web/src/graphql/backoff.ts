/** Half a second doubling up to half a minute; jitter so that a restarted server is not met by everybody at once. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(30_000, 500 * 2 ** attempt)
  return Math.max(500, Math.round(ceiling * (0.5 + random() / 2)))
}
