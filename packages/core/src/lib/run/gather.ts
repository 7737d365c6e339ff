/**
 * Turns concurrent single calls into batches (group commit): a batch leaves as soon as the one
 * before it is done, with all that came meanwhile. The first of a burst waits for the microtasks of
 * its turn, so that calls made together travel together.
 */
export class Gather<Item, Result> {
  readonly #send: (items: Item[]) => Promise<Result[]>
  readonly #maxBatch: number
  #waiting: Waiting<Item, Result>[] = []
  #sending = false

  constructor(send: (items: Item[]) => Promise<Result[]>, maxBatch: number) {
    this.#send = send
    this.#maxBatch = maxBatch
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
      const batch = this.#waiting.splice(0, this.#maxBatch)
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
}

interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}
