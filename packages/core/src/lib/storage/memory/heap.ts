/** Entries at the front of the run that are gone are dropped in pieces of this many. */
const PIECE = 1024

/**
 * A priority queue: `pop` and `peek` give the smallest entry by `compare`. What comes in order, as
 * almost everything does, waits in a sorted run and costs nothing more; the rest is a binary heap.
 */
export class Heap<Entry> {
  readonly #run: Entry[] = []
  /** Where the run begins. */
  #head = 0
  readonly #entries: Entry[] = []
  readonly #compare: (a: Entry, b: Entry) => number

  constructor(compare: (a: Entry, b: Entry) => number) {
    this.#compare = compare
  }

  peek(): Entry | undefined {
    return this.#runIsNext() ? this.#run[this.#head] : this.#entries[0]
  }

  push(entry: Entry): void {
    const last = this.#run.at(-1)
    if (last === undefined || this.#compare(last, entry) <= 0) this.#run.push(entry)
    else this.#pushHeap(entry)
  }

  pop(): Entry | undefined {
    if (!this.#runIsNext()) return this.#popHeap()
    const entry = this.#run[this.#head++]
    if (this.#head === this.#run.length || this.#head === PIECE) {
      this.#run.splice(0, this.#head)
      this.#head = 0
    }
    return entry
  }

  #runIsNext(): boolean {
    const first = this.#run[this.#head]
    const top = this.#entries[0]
    return first !== undefined && (top === undefined || this.#compare(first, top) <= 0)
  }

  #pushHeap(entry: Entry): void {
    const entries = this.#entries
    let at = entries.length
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = entries[parentAt] as Entry
      if (this.#compare(entry, parent) >= 0) break
      entries[at] = parent
      at = parentAt
    }
    entries[at] = entry
  }

  #popHeap(): Entry | undefined {
    const entries = this.#entries
    const top = entries[0]
    const last = entries.pop()
    if (last === undefined || entries.length === 0) return top
    let at = 0
    for (;;) {
      let childAt = at * 2 + 1
      if (childAt >= entries.length) break
      const right = childAt + 1
      if (
        right < entries.length &&
        this.#compare(entries[right] as Entry, entries[childAt] as Entry) < 0
      ) {
        childAt = right
      }
      const child = entries[childAt] as Entry
      if (this.#compare(last, child) <= 0) break
      entries[at] = child
      at = childAt
    }
    entries[at] = last
    return top
  }
}
