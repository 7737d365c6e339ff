import { describe, expect, it } from 'vitest'
import { merge } from './merge.ts'
import type { Match, Source } from './source.ts'

/** A source that counts what is read of it. */
class ListSource implements Source {
  reads = 0
  rows = 0
  readonly #ids: string[]

  constructor(numbers: number[]) {
    this.#ids = numbers.map((n) => String(n).padStart(6, '0')).sort()
  }

  take(direction: 1 | -1, after: string | null, limit: number): Match[] {
    const ids = direction === 1 ? this.#ids : this.#ids.toReversed()
    const taken = ids
      .filter((id) => after === null || (direction === 1 ? id > after : id < after))
      .slice(0, limit)
    this.reads += 1
    this.rows += taken.length
    return taken.map((id): Match => [id, Number(id), null])
  }

  count(limit: number): number {
    return Math.min(this.#ids.length, limit)
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)
const numbersOf = (matches: Match[]) => matches.map(([, n]) => n)

/** 1000 numbers, dealt out among sources in an order without a pattern. */
function shuffled(sources: number): ListSource[] {
  const parts = Array.from({ length: sources }, (): number[] => [])
  let state = 1
  for (const n of range(0, 1000)) {
    state = (state * 48_271) % 2_147_483_647
    parts[state % sources]?.push(n)
  }
  return parts.map((numbers) => new ListSource(numbers))
}

describe('merge', () => {
  it.each([1, 2, 3, 7, 40, 400])('puts %i sources in one order', (sources) => {
    for (const limit of [1, 10, 999, 2000]) {
      const end = Math.min(limit, 1000)
      expect(numbersOf(merge(shuffled(sources), 1, null, limit))).toEqual(range(0, end))
      expect(numbersOf(merge(shuffled(sources), -1, null, limit))).toEqual(
        range(1000 - end, 1000).reverse(),
      )
    }
  })

  it('goes on after an id, in either direction', () => {
    expect(numbersOf(merge(shuffled(5), 1, '000499', 3))).toEqual([500, 501, 502])
    expect(numbersOf(merge(shuffled(5), -1, '000499', 3))).toEqual([498, 497, 496])
  })

  it('has nothing without sources, and of empty ones', () => {
    expect(merge([], 1, null, 10)).toEqual([])
    expect(merge([new ListSource([]), new ListSource([7])], -1, null, 10)).toHaveLength(1)
  })

  it('reads the others once where one source gives the whole page', () => {
    const busy = new ListSource(range(50_000, 70_000))
    const others = range(0, 20).map((n) => new ListSource(range(n * 1000, n * 1000 + 1000)))
    expect(numbersOf(merge([...others, busy], -1, null, 10_000))).toEqual(
      range(60_000, 70_000).reverse(),
    )
    expect(others.map(({ reads }) => reads)).toEqual(Array(20).fill(1))
    expect(busy.rows).toBe(10_000)
  })
})
