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
