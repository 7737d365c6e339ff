/** First and last of each run of neighbours; the numbers are put in order. */
export function runsOf(numbers: Iterable<number>): [first: number, last: number][] {
  const sorted = Float64Array.from(numbers).sort()
  const runs: [number, number][] = []
  for (let n = 0; n < sorted.length; ) {
    const first = sorted[n] ?? 0
    let last = first
    for (n += 1; (sorted[n] ?? Number.POSITIVE_INFINITY) <= last + 1; n += 1) last = sorted[n] ?? 0
    runs.push([first, last])
  }
  return runs
}

/** Numbers as text, neighbours as one range: `3-7,9`. They are put in order, each once. */
export function toRanges(numbers: Iterable<number>): string {
  return runsOf(numbers)
    .map(([first, last]) => (last === first ? `${first}` : `${first}-${last}`))
    .join()
}

/** The numbers that `toRanges` was given. */
export function fromRanges(text: string): number[] {
  if (text === '') return []
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, n) => first + n)
  })
}
