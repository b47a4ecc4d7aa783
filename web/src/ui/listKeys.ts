/** Arrows and j/k walk through the `[data-row]` elements of a list; Home and End go to its ends. */
export function listKeys(list: HTMLElement): () => void {
  function walk(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(target.tagName)) return
    const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')]
    const here = rows.findIndex((row) => row.contains(target))
    const goal = { ArrowDown: here + 1, j: here + 1, ArrowUp: here - 1, k: here - 1, Home: 0, End: rows.length - 1 }[
      event.key
    ]
    if (goal === undefined) return
    event.preventDefault()
    rows[Math.max(0, Math.min(rows.length - 1, goal))]?.focus()
  }
  list.addEventListener('keydown', walk)
  return () => list.removeEventListener('keydown', walk)
}
