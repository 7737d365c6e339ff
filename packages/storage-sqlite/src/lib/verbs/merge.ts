import type { Match, Source } from './source.ts'

/** What was read of one source. */
interface Part {
  source: Source
  matches: Match[]
  size: number
  atEnd: boolean
}

/**
 * The first matches of all sources in the order of ids. Each is read in parts: of forty sources most
 * give a fortieth of the page.
 */
export function merge(
  sources: readonly Source[],
  direction: 1 | -1,
  after: string | null,
  limit: number,
): Match[] {
  const isBefore = (a: string, b: string) => (direction === 1 ? a < b : a > b)
  const size = Math.ceil((limit / Math.max(1, sources.length)) * 1.3) + 10
  const parts = sources.map((source): Part => {
    const wanted = Math.min(size, limit)
    const matches = source.take(direction, after, wanted)
    return { source, matches, size: wanted, atEnd: matches.length < wanted }
  })
  for (;;) {
    // Beyond the last id of a part that goes on, matches of that source may be missing.
    const short = parts.filter(({ atEnd, matches }) => !atEnd && matches.length < limit)
    const ends = short.map(({ matches }) => matches.at(-1)?.[0] ?? '')
    const known = ends.reduce<string | null>(
      (first, id) => (first === null || isBefore(id, first) ? id : first),
      null,
    )
    const found = parts
      .flatMap(({ matches }) => matches)
      .filter(([id]) => known === null || !isBefore(known, id))
    if (found.length >= limit || known === null) {
      return found.sort(([a], [b]) => (isBefore(a, b) ? -1 : 1)).slice(0, limit)
    }
    for (const part of short) readOn(part, direction, limit)
  }
}

function readOn(part: Part, direction: 1 | -1, limit: number): void {
  const wanted = Math.min(part.size, limit - part.matches.length)
  const more = part.source.take(direction, part.matches.at(-1)?.[0] ?? null, wanted)
  part.matches.push(...more)
  part.atEnd = more.length < wanted
  part.size *= 2
}
