/** A binary heap: `pop` and `peek` give the smallest entry by `compare`. */
export class Heap<Entry> {
  readonly #entries: Entry[] = []
  readonly #compare: (a: Entry, b: Entry) => number

  constructor(compare: (a: Entry, b: Entry) => number) {
    this.#compare = compare
  }

  peek(): Entry | undefined {
    return this.#entries[0]
  }

  push(entry: Entry): void {
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

  pop(): Entry | undefined {
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
