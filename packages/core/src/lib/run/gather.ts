/**
 * Turns concurrent single calls into batches (group commit): a batch leaves as soon as the one
 * before it is done, with all that came meanwhile. The first of a burst waits for the microtasks of
 * its turn, so that calls made together travel together.
 */
export class Gather<Item, Result> {
  readonly #send: (items: Item[]) => Promise<Result[]>
  readonly #maxBatch: number
  readonly #size: { sizeOf: (item: Item) => number; max: number } | null
  #waiting: Waiting<Item, Result>[] = []
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
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (this.#sending) return
      this.#sending = true
      queueMicrotask(() => void this.#drain())
    })
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#sending) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  readonly #idle: (() => void)[] = []

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#fitting())
      try {
        const results = await this.#send(batch.map(({ item }) => item))
        batch.forEach(({ resolve }, i) => {
          resolve(results[i] as Result)
        })
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#sending = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** How many of those that wait may travel together; one at least. */
  #fitting(): number {
    const most = Math.min(this.#waiting.length, this.#maxBatch)
    if (this.#size === null) return most
    const { sizeOf, max } = this.#size
    let size = 0
    for (const [n, { item }] of this.#waiting.slice(0, most).entries()) {
      size += sizeOf(item)
      if (size > max) return Math.max(n, 1)
    }
    return most
  }
}

interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}
