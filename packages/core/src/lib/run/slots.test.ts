import { describe, expect, it } from 'vitest'
import { defineTask } from './define-task.ts'
import { gate, start } from './test-manager.ts'

describe('order and slots', () => {
  it('runs no more than concurrency at once, high priority first, then first come', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task], { concurrency: 1 })
    const order: string[] = []
    manager.subscribe(({ step, taskId }) => {
      if (step === 'started') order.push(taskId)
    })
    const refs = []
    for (const priority of [undefined, undefined, 5, -5, 5]) {
      refs.push(await manager.enqueue(task, undefined, priority === undefined ? {} : { priority }))
    }
    for (let done = 0; done < refs.length; done++) {
      await clock.advance(10)
      expect(order).toHaveLength(done + 1)
      open.get(order[done] ?? '')?.end()
    }
    const ids = refs.map(({ taskId }) => taskId)
    expect(order).toEqual([ids[0], ids[2], ids[4], ids[1], ids[3]])
  })

  it('claims nothing with concurrency 0', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task], { concurrency: 0 })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(60_000)
    expect(await status(taskId)).toBe('pending')
  })

  it('settles a burst of many quick tasks', async () => {
    let runs = 0
    const quick = defineTask({ name: 'quick', run: () => void runs++ })
    const { manager, clock } = await start([quick], { concurrency: 3 })
    await manager.enqueueMany(
      quick,
      Array.from({ length: 2_500 }, () => ({ payload: undefined })),
    )
    await clock.advance(0)
    while ((await manager.metrics()).success < 2_500) await clock.advance(0)
    expect(runs).toBe(2_500)
  })
})
