import { describe, expect, it } from 'vitest'
import { LINE_PX, lastScrollTop, scrollTopFor, sliceAt } from './viewport.ts'

describe('the lines in view', () => {
  it.each([10, 1_000, 1_000_000, 20_000_000])('of %i reach from the first to the last', (total) => {
    const first = sliceAt(total, 0, 600)
    expect(first.first).toBe(0)
    expect(first.offset).toBe(0)
    const last = sliceAt(total, lastScrollTop(total, 600), 600)
    expect(last.end).toBe(total)
    expect(last.end - last.first).toBeLessThan(100)
    expect(last.height).toBeLessThanOrEqual(30_000_000)
  })

  it.each([1_000_000, 20_000_000])('of %i hold the one that is scrolled to', (total) => {
    for (const index of [0, 1, 777_777, total - 1]) {
      const top = Math.min(scrollTopFor(index, total, 600), lastScrollTop(total, 600))
      const { first, end } = sliceAt(total, top, 600)
      expect(first).toBeLessThanOrEqual(index)
      expect(end).toBeGreaterThan(index)
    }
  })

  it('stand where they are drawn', () => {
    const { first, offset } = sliceAt(5_000, 9_000, 600)
    expect(offset).toBe(first * LINE_PX)
  })
})
