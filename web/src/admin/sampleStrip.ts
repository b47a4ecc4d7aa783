import { parseDuration } from '../time/duration'

interface Sample {
  readonly at: string
  readonly up: boolean | null
  readonly latency: string | null
}

interface Column<S> {
  readonly sample: S | null
  /** In hundredths of the strip. */
  readonly height: number
}

const columns = 96
const quarter = 15 * 60_000
const least = 8

/** The last day in quarters of an hour, oldest first: as tall as it was slow, whole where nothing answered. */
export function stripOf<S extends Sample>(samples: readonly S[], now: number) {
  const at: (S | null)[] = Array<S | null>(columns).fill(null)
  for (const sample of samples) {
    const index = columns - 1 - Math.floor((now - Date.parse(sample.at)) / quarter)
    // What failed within a quarter is what one wants to see of it.
    if (index >= 0 && index < columns && at[index]?.up !== false) at[index] = sample
  }
  const delays = samples.map((sample) => parseDuration(sample.latency) ?? 0)
  const slowest = Math.max(1, ...delays)
  const height = (sample: S | null) => {
    if (!sample) return least / 2
    return sample.up === false ? 100 : Math.max(least, (100 * (parseDuration(sample.latency) ?? 0)) / slowest)
  }
  return {
    columns: at.map((sample): Column<S> => ({ sample, height: height(sample) })),
    down: samples.filter((sample) => sample.up === false).length,
    slowest: `PT${slowest / 1000}S`,
  }
}
