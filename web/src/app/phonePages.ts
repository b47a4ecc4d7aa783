const FITS = 5

/** Which pages stand at the foot of a telephone's screen: all where they fit, else the first and always that of now. */
export function phonePages<Page extends string>(pages: readonly Page[], now: string): readonly Page[] {
  if (pages.length <= FITS) return pages
  // One place is kept for the button that shows the others.
  const first = pages.slice(0, FITS - 1)
  const here = pages.find((page) => page === now)
  return !here || first.includes(here) ? first : [...first.slice(0, -1), here]
}
