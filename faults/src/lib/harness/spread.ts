/** How measured times lie, in ms. */
export interface Spread {
  count: number
  median: number
  p99: number
  longest: number
}

/** The spread of some times; all 0 for none. */
export function spreadOf(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
  return { count: sorted.length, median: at(0.5), p99: at(0.99), longest: at(1) }
}

/** Such as '12 ms (median), 80 ms (p99), 95 ms (longest of 500)'. */
export function spreadText(times: readonly number[]): string {
  const { count, median, p99, longest } = spreadOf(times)
  const ms = (time: number) => `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`
  return `${ms(median)} (median), ${ms(p99)} (p99), ${ms(longest)} (longest of ${count})`
}
