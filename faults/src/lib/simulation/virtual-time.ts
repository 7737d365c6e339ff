interface Timer {
  at: number
  /** Timers of one instant fire in the order in which they were set. */
  n: number
  callback: () => void
  cancelled: boolean
}

/**
 * The time of a simulated world, in ms from its beginning: it stands still until it is moved on, and
 * costs nothing to pass.
 */
export class VirtualTime {
  #now = 0
  #set = 0
  readonly #heap: Timer[] = []

  get now(): number {
    return this.#now
  }

  /** Calls back once after `delayMs`; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void {
    const at = this.#now + Math.max(0, delayMs)
    const timer = { at, n: this.#set++, callback, cancelled: false }
    this.#push(timer)
    return () => {
      timer.cancelled = true
    }
  }

  /** Moves on. Between two timers everything runs that waits for nothing but its turn. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#heap[0]; next && next.at <= end; next = this.#heap[0]) {
      this.#pop()
      if (next.cancelled) continue
      this.#now = next.at
      next.callback()
      await settle()
    }
    this.#now = end
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(timer)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isSooner(timer, heap[above] as Timer)) break
      heap[at] = heap[above] as Timer
      at = above
    }
    heap[at] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      const right = heap[below + 1]
      if (right && isSooner(right, heap[below] as Timer)) below++
      if (!isSooner(heap[below] as Timer, last)) break
      heap[at] = heap[below] as Timer
      at = below
    }
    heap[at] = last
  }
}

function isSooner(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.n < other.n)
}

// One turn of the loop is enough: nothing in a simulated world waits for anything real.
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
