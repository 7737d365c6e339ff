/** Ends of an axis that people can read: 0 to 1, 2 or 5 times a power of ten. */
export function niceMax(max: number, least = 1): number {
  const value = Math.max(max, least)
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value - 1e-9) ?? 10
  return factor * power
}

/** Where lines of an axis stand, of whole numbers: the end, and what divides it evenly. */
export function ticksOf(max: number): number[] {
  const parts = [4, 3, 5, 2, 1].find((count) => Number.isInteger(max / count)) ?? 1
  return Array.from({ length: parts + 1 }, (_, index) => (max / parts) * index)
}

/** The same for seconds: labels tell milliseconds apart and nothing below, so no two read alike. */
export function lengthTicksOf(max: number): number[] {
  return ticksOf(Math.round(max * 1000)).map((ms) => ms / 1000)
}

/** Windows of a chart, with the steps that make bars of a readable width. */
export const CHART_RANGES = [
  { value: '1h', step: '1m', stepMs: 60_000, spanMs: 3_600_000, everyMs: 5000 },
  { value: '24h', step: '20m', stepMs: 1_200_000, spanMs: 86_400_000, everyMs: 20_000 },
  { value: '7d', step: '2h', stepMs: 7_200_000, spanMs: 604_800_000, everyMs: 60_000 },
] as const

export type ChartRange = (typeof CHART_RANGES)[number]

/** The range of that name; the first for any other. */
export function chartRange(value: string): ChartRange {
  return CHART_RANGES.find((range) => range.value === value) ?? CHART_RANGES[0]
}
