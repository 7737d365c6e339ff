/** What a bag may hold: each knows its own place in it. */
export interface Placed {
  /** Written by the bag it is in. */
  place: number
}

/**
 * Things that come and go by the thousand a second, in no order. A Map or Set would do but for one
 * trait of V8: a table that was full points to the one that took its place and keeps what was in it,
 * so once an old table has survived a full collection, all that came after it does so too, until the
 * next one. A fifth of all garbage grew old that way, and took three quarters of the memory.
 */
export class Bag<Item extends Placed> {
  #items: Item[] = []

  get size(): number {
    return this.#items.length
  }

  has(item: Item): boolean {
    return this.#items[item.place] === item
  }

  add(item: Item): void {
    item.place = this.#items.push(item) - 1
  }

  /** False when it was not in it. */
  delete(item: Item): boolean {
    if (!this.has(item)) return false
    const last = this.#items.pop() as Item
    if (last !== item) {
      this.#items[item.place] = last
      last.place = item.place
    }
    return true
  }

  /** All that is in it now: a copy, which stays as it is. */
  all(): Item[] {
    return [...this.#items]
  }

  find(is: (item: Item) => boolean): Item | undefined {
    return this.#items.find(is)
  }

  count(is: (item: Item) => boolean): number {
    let count = 0
    for (const item of this.#items) if (is(item)) count++
    return count
  }

  /** Takes everything out. */
  empty(): Item[] {
    const items = this.#items
    this.#items = []
    return items
  }
}
