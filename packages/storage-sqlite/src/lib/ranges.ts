/** Numbers as text, neighbours as one range: `3-7,9`. They are put in order, each once. */
export function toRanges(numbers: Iterable<number>): string {
  const sorted = Float64Array.from(numbers).sort()
  const ranges: string[] = []
  for (let n = 0; n < sorted.length; ) {
    const first = sorted[n] ?? 0
    let last = first
    for (n += 1; (sorted[n] ?? Number.POSITIVE_INFINITY) <= last + 1; n += 1) last = sorted[n] ?? 0
    ranges.push(last === first ? `${first}` : `${first}-${last}`)
  }
  return ranges.join()
}

/** The numbers that `toRanges` was given. */
export function fromRanges(text: string): number[] {
  if (text === '') return []
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, n) => first + n)
  })
}
