import { expect, it } from 'vitest'
import { Heap } from './heap.ts'

it('gives the smallest entry, whatever the order in which they came and went', () => {
  let seed = 7
  const random = (max: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % max
  }
  const heap = new Heap<number>((a, b) => a - b)
  const model: number[] = []
  for (let step = 0; step < 20_000; step++) {
    // Mostly in order, as due times are; at times all that is there is taken.
    const takes = step % 5_000 > 4_000 ? 0.9 : 0.45
    if (random(100) < takes * 100) {
      const smallest = model.sort((a, b) => a - b).shift()
      expect(heap.peek()).toBe(smallest)
      expect(heap.pop()).toBe(smallest)
    } else {
      const entry = random(10) === 0 ? random(step + 1) : step
      heap.push(entry)
      model.push(entry)
    }
  }
  while (model.length > 0) expect(heap.pop()).toBe(model.sort((a, b) => a - b).shift())
  expect(heap.pop()).toBeUndefined()
})

it('keeps what came in order in that order, over many pieces', () => {
  const heap = new Heap<number>((a, b) => a - b)
  for (let n = 0; n < 5_000; n++) heap.push(n)
  for (let n = 0; n < 5_000; n++) expect(heap.pop()).toBe(n)
  expect(heap.peek()).toBeUndefined()
})
