import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { gate, start } from './test-manager.ts'

describe('dependsOn', () => {
  it('starts a task once all it depends on succeeded', async () => {
    const { task, open } = gate()
    const { manager, clock, phase } = await start([task])
    const first = await manager.enqueue(task)
    const second = await manager.enqueue(task)
    const dependsOn = [first.taskId, second.taskId]
    const child = await manager.enqueue(task, undefined, { dependsOn })
    await clock.advance(0)
    expect(await phase(child.taskId)).toBe('blocked')
    expect((await manager.get(child.taskId))?.blockedBy).toEqual(dependsOn)
    open.get(first.taskId)?.end()
    await clock.advance(0)
    expect(await phase(child.taskId)).toBe('blocked')
    open.get(second.taskId)?.end()
    await clock.advance(0)
    expect(await phase(child.taskId)).toBe('running')
    expect((await manager.get(first.taskId))?.children).toEqual([child.taskId])
  })

  it('holds a task whose parent failed until that one is retried', async () => {
    const { task, open } = gate()
    const { manager, clock, phase, status } = await start([task])
    const parent = await manager.enqueue(task)
    const child = await manager.enqueue(task, undefined, { dependsOn: [parent.taskId] })
    await clock.advance(0)
    open.get(parent.taskId)?.fail(new Error('no'))
    await clock.advance(0)
    expect(await phase(child.taskId)).toBe('blocked')
    const retry = await manager.retry(parent.taskId)
    expect((await manager.get(child.taskId))?.dependsOn).toEqual([retry.taskId])
    await clock.advance(0)
    open.get(retry.taskId)?.end()
    await clock.advance(0)
    expect(await status(child.taskId)).toBe('running')
  })

  it.each([
    ['fail', 'failed'],
    ['run', 'running'],
  ] as const)('with onParentFailure %s makes it %s', async (onParentFailure, expected) => {
    const { task, open } = gate()
    const { manager, clock, status } = await start([task])
    const parent = await manager.enqueue(task)
    const child = await manager.enqueue(task, undefined, {
      dependsOn: [parent.taskId],
      onParentFailure,
    })
    await clock.advance(0)
    open.get(parent.taskId)?.fail(new Error('no'))
    await clock.advance(0)
    expect(await status(child.taskId)).toBe(expected)
  })

  it('refuses a task that is not there, and accepts what was enqueued beside it', async () => {
    const { task } = gate()
    const { manager } = await start([task])
    const [refused, accepted] = await Promise.allSettled([
      manager.enqueue(task, undefined, { dependsOn: ['no-such-task'] }),
      manager.enqueue(task),
    ])
    expect(refused).toMatchObject({
      status: 'rejected',
      reason: { code: 'invalid_input', message: expect.stringMatching(/no-such-task/) },
    })
    expect(accepted.status).toBe('fulfilled')
    expect((await manager.list()).tasks).toHaveLength(1)
  })

  it.each([
    [{ dependsOn: 'id' as never }, /array of task ids/],
    [{ dependsOn: [7 as never] }, /array of task ids/],
    [{ dependsOn: Array.from({ length: 1001 }, (_, n) => `${n}`) }, /at most 1000 tasks, got 1001/],
    [{ onParentFailure: 'stop' as never }, /'hold', 'fail' or 'run', got stop/],
  ])('refuses %o', async (options, message) => {
    const { task } = gate()
    const { manager } = await start([task])
    const refused = manager.enqueue(task, undefined, options)
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(message),
    })
  })
})

describe('via', () => {
  it('stores through what was given, and nothing by itself', async () => {
    const { task } = gate()
    const elsewhere = memoryStorage()
    const { manager } = await start([task])
    const one = await manager.enqueue(task, undefined, { via: elsewhere })
    const many = await manager.enqueueMany(task, [
      { payload: undefined, options: { via: elsewhere } },
      { payload: undefined, options: { via: elsewhere } },
    ])
    expect((await manager.list()).tasks).toEqual([])
    const taskIds = [one, ...many].map(({ taskId }) => taskId)
    expect((await elsewhere.get({ taskIds })).every((stored) => stored !== null)).toBe(true)
  })

  it('is the same for all tasks of one call', async () => {
    const { task } = gate()
    const { manager } = await start([task])
    const mixed = manager.enqueueMany(task, [
      { payload: undefined, options: { via: memoryStorage() } },
      { payload: undefined },
    ])
    await expect(mixed).rejects.toThrow(/via: expected the same for all/)
  })
})
