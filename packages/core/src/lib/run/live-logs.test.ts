import { describe, expect, it, vi } from 'vitest'
import type { LifecycleEvent, LogEvent } from '../observers/observer.ts'
import type { LogStorage } from '../storage/contract.ts'
import { defineTask } from './define-task.ts'
import { gate, start } from './test-manager.ts'

describe('observers', () => {
  it('hear every step and every line; one that throws disturbs nobody', async () => {
    const steps: LifecycleEvent[] = []
    const lines: LogEvent[] = []
    const hello = defineTask({ name: 'hello', run: (_: void, { log }) => log('hi') })
    const { manager, clock, errors, status } = await start([hello], {
      observers: [
        {
          onLog() {
            throw new Error('broken observer')
          },
          onLifecycle: () => Promise.reject(new Error('broken too')),
        },
        {
          onLog: (event) => void lines.push(event),
          onLifecycle: (event) => void steps.push(event),
        },
      ],
    })
    const { taskId } = await manager.enqueue(hello, undefined, { tags: { a: 'b' } })
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
    expect(steps.map(({ step }) => step)).toEqual(['accepted', 'started', 'success'])
    expect(lines).toMatchObject([{ taskId, message: 'hi', tags: { a: 'b' }, attempt: 0 }])
    expect(errors).toHaveLength(4)
  })
})

describe('live logs', () => {
  it('go on after a lost lease beside handlers that do not heed it', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    await manager.enqueueMany(task, [{ payload: undefined }, { payload: undefined }])
    await clock.advance(0)
    await manager.storage.recover({
      dead: [{ instanceId: manager.instanceId, beat: 0 }],
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    const beat = manager.storage.beat.bind(manager.storage)
    let refused = false
    vi.spyOn(manager.storage, 'beat').mockImplementation((input) => {
      if (refused || input.beat !== 0) return beat(input)
      refused = true
      return Promise.reject(new Error('busy'))
    })
    await clock.advance(10_000)
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    open.get(taskId)?.context.log('half way')
    await clock.advance(500)
    expect((await manager.get(taskId))?.logTail).toMatchObject([{ text: 'half way' }])
  })

  it('of many tasks travel together', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task], { concurrency: 5 })
    const append = vi.spyOn(manager.storage.logs as LogStorage, 'append')
    await manager.enqueueMany(task, Array(5).fill({ payload: undefined }))
    await clock.advance(0)
    for (const { context } of open.values()) context.log(`from ${context.taskId}`)
    await clock.advance(250)
    expect(append).toHaveBeenCalledTimes(1)
    for (const taskId of open.keys()) {
      expect((await manager.get(taskId))?.logTail).toMatchObject([{ text: `from ${taskId}` }])
    }
  })

  it('keep the progress that could not be saved', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    const { logs } = manager.storage
    if (logs) vi.spyOn(logs, 'append').mockRejectedValueOnce(new Error('busy'))
    open.get(taskId)?.context.progress(0.5)
    await clock.advance(1_000)
    expect((await manager.get(taskId))?.progress?.fraction).toBe(0.5)
  })
})
