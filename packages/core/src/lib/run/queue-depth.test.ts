import { describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { gate, start, withParts } from './test-manager.ts'

const throttled = { code: 'throttled', message: expect.stringContaining('maxPending') }
const payload = undefined

describe('maxPending', () => {
  it('refuses what would make the queue deeper, with one count a second', async () => {
    const { task } = gate()
    const storage = memoryStorage()
    const metrics = vi.spyOn(storage, 'metrics')
    const { manager, clock } = await start([task], { storage, maxPending: 3, concurrency: 0 })
    for (let n = 0; n < 3; n++) await manager.enqueue(task)
    await expect(manager.enqueue(task)).rejects.toMatchObject(throttled)
    expect(metrics).toHaveBeenCalledTimes(1)
    expect((await manager.list()).total).toBe(3)
    await clock.advance(1_000)
    await expect(manager.enqueue(task)).rejects.toMatchObject(throttled)
    expect(metrics).toHaveBeenCalledTimes(2)
  })

  it('counts no task twice while the batch it came with is being stored', async () => {
    const { task } = gate()
    const clock = fakeClock()
    const memory = memoryStorage({ now: clock.now })
    const answers: (() => void)[] = []
    const storage = withParts(memory, {
      async insert(input) {
        await new Promise<void>((answer) => answers.push(answer))
        return memory.insert(input)
      },
    })
    const { manager } = await start([task], { clock, storage, concurrency: 0, maxPending: 2_500 })
    const many = manager.enqueueMany(task, Array(2_000).fill({ payload }))
    await clock.advance(0)
    answers.shift()?.()
    await clock.advance(0)
    // The first thousand is stored, the second is not.
    const one = manager.enqueue(task)
    await clock.advance(0)
    answers.shift()?.()
    await many
    await clock.advance(0)
    answers.shift()?.()
    expect(await one).toMatchObject({ duplicate: false })
  })

  it('takes a batch whole or not at all', async () => {
    const { task } = gate()
    const { manager } = await start([task], { maxPending: 3, concurrency: 0 })
    await manager.enqueue(task)
    await expect(
      manager.enqueueMany(task, [{ payload }, { payload }, { payload }]),
    ).rejects.toMatchObject(throttled)
    expect((await manager.list()).total).toBe(1)
    await manager.enqueueMany(task, [{ payload }, { payload }])
  })

  it('counts calls that are under way, and forgets those that failed or were duplicates', async () => {
    const { task } = gate()
    const storage = memoryStorage()
    const { manager } = await start([task], { storage, maxPending: 2, concurrency: 0 })
    const calls = await Promise.allSettled([1, 2, 3].map(() => manager.enqueue(task)))
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    const other = await start([task], { maxPending: 2, concurrency: 0 })
    vi.spyOn(other.manager.storage, 'insert').mockRejectedValueOnce(new Error('socket closed'))
    await expect(other.manager.enqueue(task)).rejects.toMatchObject({ code: 'unavailable' })
    const options = { idempotencyKey: 'once' }
    for (let n = 0; n < 3; n++) await other.manager.enqueue(task, undefined, options)
    await other.manager.enqueue(task)
    await expect(other.manager.enqueue(task)).rejects.toMatchObject(throttled)
  })

  it('makes room when tasks start, and takes it when they come back', async () => {
    const { task, open } = gate('gate', { retries: 1, delayMs: 60_000 })
    const { manager, clock } = await start([task], { maxPending: 1, concurrency: 1 })
    const first = await manager.enqueue(task)
    // Nothing but the steps of this instance tell of it: no second passes.
    await clock.advance(0)
    open.get(first.taskId)?.fail(new Error('again'))
    await clock.advance(0)
    await expect(manager.enqueue(task)).rejects.toMatchObject(throttled)
    await manager.runNow(first.taskId)
    await clock.advance(0)
    await manager.enqueue(task)
  })

  it('sees within a second what other instances stored', async () => {
    const { task } = gate()
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const shared = { clock, storage, maxPending: 2, concurrency: 0 }
    const [one, two] = [await start([task], shared), await start([task], shared)]
    await one.manager.enqueue(task)
    await two.manager.enqueueMany(task, [{ payload }])
    await clock.advance(1_000)
    await expect(one.manager.enqueue(task)).rejects.toMatchObject(throttled)
  })

  it('says that nothing was stored when the count cannot be had', async () => {
    const { task } = gate()
    const { manager } = await start([task], { maxPending: 2 })
    vi.spyOn(manager.storage, 'metrics').mockRejectedValueOnce(new Error('socket closed'))
    await expect(manager.enqueue(task)).rejects.toMatchObject({
      code: 'unavailable',
      committed: 'no',
    })
    await manager.enqueue(task)
  })

  it.each([0, 1.5, '3'])('is a whole number of 1 or more, not %j', async (maxPending) => {
    const task = defineTask({ name: 'any', run() {} })
    await expect(start([task], { maxPending: maxPending as number })).rejects.toThrow('maxPending')
  })
})
