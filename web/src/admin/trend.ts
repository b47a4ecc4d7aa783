export interface Trend {
  direction: 'up' | 'down' | 'same'
  /** How far it moved: a share of what it was, or the difference of two shares. */
  by: number
}

/** How a figure moved against what it was; none where there is nothing to compare. */
export function trend(today: number | null, before: number | null): Trend | null {
  if (today === null || before === null || before === 0) return null
  return moved((today - before) / before)
}

/** How a share moved, in points: 80 % after 60 % are 20 points. */
export function points(today: number | null, before: number | null): Trend | null {
  return today === null || before === null ? null : moved(today - before)
}

function moved(by: number): Trend {
  // Less than half a percent would be shown as 0 %.
  if (Math.abs(by) < 0.005) return { direction: 'same', by: 0 }
  return { direction: by > 0 ? 'up' : 'down', by: Math.abs(by) }
}

/** An age as it is by now, from what it was when it was told. */
export function grown(age: number | null, toldAt: number, now: number): number | null {
  return age === null ? null : age + Math.max(0, now - toldAt)
}
