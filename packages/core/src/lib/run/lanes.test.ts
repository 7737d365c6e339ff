import { expect, it } from 'vitest'
import { defineTask } from './define-task.ts'
import { Lanes } from './lanes.ts'
import { resolveOptions } from './options.ts'

it('however many slots there are, a claim asks for what storages take, again and again', () => {
  const near = defineTask({ name: 'near', run() {} })
  const concurrency = Number.MAX_SAFE_INTEGER
  const lanes = new Lanes(resolveOptions({ tasks: [near], concurrency }), { wake() {}, stuck() {} })
  const asks = [1, 2].map(() => lanes.next(1)?.ask(1).limit)
  expect(asks).toEqual([10_000, 10_000])
})

it('a lane keeps its turn until a claim was made for it', () => {
  const near = defineTask({ name: 'near', run() {} })
  const far = defineTask({ name: 'far', executor: 'elsewhere', run() {} })
  const elsewhere = { name: 'elsewhere', concurrency: 1, execute: async () => {} }
  const idle = { wake() {}, stuck() {} }
  const lanes = new Lanes(resolveOptions({ tasks: [near, far], executors: [elsewhere] }), idle)
  const [first, second] = lanes.all
  expect(lanes.next(1)).toBe(first)
  // As when a second turn was not worth it.
  expect(lanes.next(1)).toBe(first)
  if (first) lanes.asked(first)
  expect(lanes.next(1)).toBe(second)
  if (second) lanes.asked(second)
  expect(lanes.next(1)).toBe(first)
})
