import type { Match, Source } from './source.ts'

/**
 * The first matches of all sources in the order of ids. Each is read in parts, and only as far as the
 * page reaches: of forty sources most give a fortieth of it, or one gives all.
 */
export function merge(
  sources: readonly Source[],
  direction: 1 | -1,
  after: string | null,
  limit: number,
): Match[] {
  const isBefore = (a: Match, b: Match) => (direction === 1 ? a[0] < b[0] : a[0] > b[0])
  const size = Math.ceil((limit / Math.max(1, sources.length)) * 1.3) + 10
  // A heap: the reader whose next match comes first is at the top. What is sorted is one.
  const heap = sources
    .map((source) => new Reader(source, direction, after, Math.min(size, limit)))
    .flatMap((reader) => reader.entry() ?? [])
    .sort((a, b) => (isBefore(a.match, b.match) ? -1 : 1))
  const found: Match[] = []
  for (let [top] = heap; top !== undefined && found.length < limit; [top] = heap) {
    found.push(top.match)
    const next = top.reader.next(limit - found.length)
    if (next !== undefined) top.match = next
    else {
      const last = heap.pop()
      if (last === undefined || last === top) break
      heap[0] = last
    }
    siftDown(heap, (a, b) => isBefore(a.match, b.match))
  }
  return found
}

/** A reader and its next match. */
interface Entry {
  reader: Reader
  match: Match
}

/** Reads a source in parts, each twice as large as the one before. */
class Reader {
  readonly #source: Source
  readonly #direction: 1 | -1
  #matches: Match[]
  #at = 0
  #size: number
  #atEnd: boolean

  constructor(source: Source, direction: 1 | -1, after: string | null, size: number) {
    this.#source = source
    this.#direction = direction
    this.#size = size
    this.#matches = source.take(direction, after, size)
    this.#atEnd = this.#matches.length < size
  }

  entry(): Entry | undefined {
    const [match] = this.#matches
    return match && { reader: this, match }
  }

  /** The next match, of which at most `wanted` are needed. */
  next(wanted: number): Match | undefined {
    this.#at += 1
    if (this.#at === this.#matches.length && !this.#atEnd && wanted > 0) this.#readOn(wanted)
    return this.#matches[this.#at]
  }

  #readOn(wanted: number): void {
    const size = Math.min(this.#size, wanted)
    const last = this.#matches.at(-1)?.[0] ?? null
    this.#matches = this.#source.take(this.#direction, last, size)
    this.#at = 0
    this.#atEnd = this.#matches.length < size
    this.#size *= 2
  }
}

/** Puts the top of a heap, which has changed, in its place. */
function siftDown(heap: Entry[], isBefore: (a: Entry, b: Entry) => boolean): void {
  for (let at = 0; ; ) {
    const parent = heap[at]
    let least = 2 * at + 1
    let child = heap[least]
    const right = heap[least + 1]
    if (right !== undefined && child !== undefined && isBefore(right, child)) {
      child = right
      least += 1
    }
    if (parent === undefined || child === undefined || !isBefore(child, parent)) return
    heap[at] = child
    heap[least] = parent
    at = least
  }
}
