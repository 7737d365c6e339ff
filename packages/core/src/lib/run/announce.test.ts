import { describe, expect, it, vi } from 'vitest'
import { memoryObserver } from '../observers/memory-observer.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import { gate, start } from './test-manager.ts'

describe('observers hear of tasks that did not run here', () => {
  it('when one is cancelled that has not begun', async () => {
    const { task } = gate()
    const observer = memoryObserver()
    const { manager, clock } = await start([task], { observers: [observer] })
    const { taskId } = await manager.enqueue(task, undefined, {
      delayMs: 1_000,
      tags: { order: '1' },
    })
    await manager.cancel(taskId)
    expect(observer.steps.at(-1)).toEqual({
      step: 'cancelled',
      taskId,
      funcName: 'gate',
      attempt: null,
      at: clock.now(),
      durationMs: null,
      error: null,
      stacktrace: null,
      tags: { order: '1' },
    })
  })

  it('when one is cancelled that was claimed and waits for a slot', async () => {
    const { task, open } = gate()
    const observer = memoryObserver()
    const { manager, clock } = await start([task], { concurrency: 1, observers: [observer] })
    const refs = await manager.enqueueMany(task, [{ payload: undefined }, { payload: undefined }])
    await clock.advance(0)
    const waiting = refs.find(({ taskId }) => !open.has(taskId))
    await manager.cancel(waiting?.taskId ?? '')
    await clock.advance(0)
    expect(observer.steps.at(-1)).toMatchObject({ step: 'cancelled', taskId: waiting?.taskId })
  })

  it('when they are taken over from a dead instance', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const { task } = gate()
    const again = defineTask({ name: 'again', requeueOnInterrupt: true, run: task.run })
    // Its time stands still, and so do its beats.
    const dead = new TaskManager({
      tasks: [task, again],
      storage,
      clock: { ...clock, after: () => () => {} },
    })
    await dead.start()
    const lost = await dead.enqueue(task, undefined, { tags: { a: 'b' } })
    const requeued = await dead.enqueue(again)
    await clock.advance(0)
    const observer = memoryObserver()
    await start([task, again], { storage, clock, observers: [observer] })
    await clock.advance(30_000)
    expect(observer.steps).toMatchObject([
      { step: 'interrupted', taskId: lost.taskId, attempt: null, tags: { a: 'b' } },
      { step: 'requeued', taskId: requeued.taskId },
      { step: 'started', taskId: requeued.taskId, attempt: 0 },
    ])
  })

  it('unless the storage fails just then, which is reported and changes nothing', async () => {
    const { task } = gate()
    const observer = memoryObserver()
    const { manager, errors, status } = await start([task], { observers: [observer] })
    const { taskId } = await manager.enqueue(task, undefined, { delayMs: 1_000 })
    vi.spyOn(manager.storage, 'list').mockRejectedValueOnce(new Error('down'))
    await manager.cancel(taskId)
    expect(await status(taskId)).toBe('cancelled')
    expect(errors).toMatchObject([{ message: 'down' }])
    expect(observer.steps.map(({ step }) => step)).toEqual(['accepted'])
  })
})
