/** Items that were added together, and what became of them. */
interface Group<Item, Result> {
  items: readonly Item[]
  /** How many are sent. */
  sent: number
  results: Result[]
  resolve: (results: Result[]) => void
  reject: (error: unknown) => void
}

/**
 * Turns concurrent single calls into batches (group commit): a batch leaves as soon as the one
 * before it is done, with all that came meanwhile. The first of a burst waits for the microtasks of
 * its turn, so that calls made together travel together.
 */
export class Gather<Item, Result> {
  readonly #send: (items: Item[]) => Promise<Result[]>
  readonly #maxBatch: number
  readonly #size: { sizeOf: (item: Item) => number; max: number } | null
  readonly #waiting: Group<Item, Result>[] = []
  readonly #idle: (() => void)[] = []
  #sending = false

  constructor(
    send: (items: Item[]) => Promise<Result[]>,
    maxBatch: number,
    size: { sizeOf: (item: Item) => number; max: number } | null = null,
  ) {
    this.#send = send
    this.#maxBatch = maxBatch
    this.#size = size
  }

  /** Resolves with the item's own result; rejects with its batch. */
  async add(item: Item): Promise<Result> {
    const [result] = await this.addAll([item])
    return result as Result
  }

  /** Resolves with the items' results, in order; rejects with the first of their batches that does. */
  addAll(items: readonly Item[]): Promise<Result[]> {
    if (items.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, sent: 0, results: [], resolve, reject })
      if (this.#sending) return
      this.#sending = true
      queueMicrotask(() => void this.#drain())
    })
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#sending) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { batch, parts } = this.#next()
      try {
        const results = await this.#send(batch)
        for (const { group, from, to } of parts) {
          for (let i = from; i < to; i++) group.results.push(results[i] as Result)
          if (group.results.length === group.items.length) group.resolve(group.results)
        }
      } catch (error) {
        for (const { group } of parts) group.reject(error)
      }
    }
    this.#sending = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** What travels next, and whose it is: as much as may travel together, one item at least. */
  #next() {
    const batch: Item[] = []
    const parts: { group: Group<Item, Result>; from: number; to: number }[] = []
    let size = 0
    let done = 0
    for (const group of this.#waiting) {
      const from = batch.length
      for (; group.sent < group.items.length && batch.length < this.#maxBatch; group.sent++) {
        const item = group.items[group.sent] as Item
        size += this.#size?.sizeOf(item) ?? 0
        if (batch.length > 0 && size > (this.#size?.max ?? size)) break
        batch.push(item)
      }
      if (batch.length > from) parts.push({ group, from, to: batch.length })
      if (group.sent < group.items.length) break
      done++
    }
    this.#waiting.splice(0, done)
    return { batch, parts }
  }
}
