/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** From 0 up to 1. */
  next(): number
  /** Whole numbers from 0 up to `max`, without it. */
  below(max: number): number
  /** True so often, of 1. */
  chance(share: number): boolean
  /** One of several. @throws RangeError for none. */
  pick<Item>(items: readonly Item[]): Item
}

/** Mulberry32: small, fast, and good enough to choose faults. */
export function randomOf(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (max: number) => Math.floor(next() * max)
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick(items) {
      if (items.length === 0) throw new RangeError('pick: expected at least one item')
      return items[below(items.length)] as (typeof items)[number]
    },
  }
}
