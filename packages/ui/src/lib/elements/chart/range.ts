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
