import { describe, expect, it } from 'vitest'
import { Gather } from './gather.ts'

describe('Gather', () => {
  it('sends what was added together as one batch, each with its own result', async () => {
    const batches: number[][] = []
    const gather = new Gather<number, number>(async (items) => {
      batches.push(items)
      return items.map((item) => item * 10)
    }, 100)
    const results = await Promise.all([1, 2, 3].map((n) => gather.add(n)))
    expect(results).toEqual([10, 20, 30])
    expect(batches).toEqual([[1, 2, 3]])
  })

  it('sends what came meanwhile when the batch before is done', async () => {
    const batches: number[][] = []
    const release: (() => void)[] = []
    const gather = new Gather<number, number>(async (items) => {
      batches.push(items)
      await new Promise<void>((resolve) => release.push(resolve))
      return items
    }, 2)
    const first = gather.add(1)
    await Promise.resolve()
    const rest = [2, 3, 4].map((n) => gather.add(n))
    release.shift()?.()
    await first
    while (batches.length < 2) await new Promise((resolve) => setImmediate(resolve))
    release.shift()?.()
    while (batches.length < 3) await new Promise((resolve) => setImmediate(resolve))
    release.shift()?.()
    await Promise.all(rest)
    expect(batches).toEqual([[1], [2, 3], [4]])
  })

  it('sends no more at once than is allowed, but always one', async () => {
    const batches: number[][] = []
    const send = async (items: number[]) => {
      batches.push(items)
      return items
    }
    const gather = new Gather<number, number>(send, 100, { sizeOf: (n) => n, max: 10 })
    await Promise.all([4, 6, 1, 25, 5, 5].map((n) => gather.add(n)))
    expect(batches).toEqual([[4, 6], [1], [25], [5, 5]])
  })

  it('rejects the batch that failed and goes on', async () => {
    let fail = true
    const gather = new Gather<number, number>(async (items) => {
      if (fail) throw new Error('down')
      return items
    }, 10)
    await expect(Promise.all([gather.add(1), gather.add(2)])).rejects.toThrow('down')
    fail = false
    await expect(gather.add(3)).resolves.toBe(3)
  })

  it('takes many at once, beside single ones, and splits them where a batch is full', async () => {
    const batches: number[][] = []
    const gather = new Gather<number, number>(async (items) => {
      batches.push(items)
      if (items.includes(8)) throw new Error('down')
      return items.map((item) => item * 10)
    }, 3)
    const settled = await Promise.allSettled([
      gather.add(1),
      gather.addAll([2, 3, 4, 5]),
      gather.addAll([]),
      gather.addAll([6, 7, 8]),
      gather.add(9),
    ])
    expect(batches).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ])
    expect(settled).toMatchObject([
      { value: 10 },
      { value: [20, 30, 40, 50] },
      { value: [] },
      { reason: { message: 'down' } },
      { reason: { message: 'down' } },
    ])
  })

  it('says when nothing is under way', async () => {
    let sent = 0
    const gather = new Gather<number, number>(async (items) => {
      sent += items.length
      return items
    }, 1)
    void gather.add(1)
    void gather.add(2)
    await gather.settled()
    expect(sent).toBe(2)
  })
})
