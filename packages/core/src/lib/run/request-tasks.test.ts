import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { gate, start } from './test-manager.ts'

describe('request-scoped tasks', () => {
  it('are stored at once and start when the response has ended', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task])
    const request = manager.forRequest()
    const { taskId } = await request.enqueue(task)
    await clock.advance(1000)
    expect(await status(taskId)).toBe('pending')
    await request.release()
    await request.release()
    await clock.advance(0)
    expect(await status(taskId)).toBe('running')
  })

  it('start by themselves when the process died in between', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task])
    const { taskId } = await manager.forRequest().enqueue(task)
    await clock.advance(30_000)
    expect(await status(taskId)).toBe('running')
  })

  it('start after their parents, which the response holds back', async () => {
    const { task, open } = gate()
    const { manager, clock, status } = await start([task])
    const request = manager.forRequest()
    const parent = await request.enqueue(task)
    const child = await request.enqueue(task, undefined, { dependsOn: [parent.taskId] })
    await request.release()
    await clock.advance(0)
    expect(await status(child.taskId)).toBe('pending')
    open.get(parent.taskId)?.end()
    await clock.advance(0)
    expect(await status(child.taskId)).toBe('running')
  })

  it('start with the commit of the transaction that they are stored in', async () => {
    const { task } = gate()
    const { manager } = await start([task])
    const elsewhere = memoryStorage()
    const { taskId } = await manager.forRequest().enqueue(task, undefined, { via: elsewhere })
    const [stored] = await elsewhere.get({ taskIds: [taskId] })
    expect(stored?.phase).toBe('queued')
  })

  it('start at once when they are eager, or enqueued after the response', async () => {
    const { task } = gate()
    const { task: eagerTask } = gate('eager', { eager: true })
    const { manager, clock, status } = await start([task, eagerTask])
    const request = manager.forRequest()
    const eager = await request.enqueue(task, undefined, { eager: true })
    const byNature = await request.enqueue(eagerTask)
    await request.release()
    const late = await request.enqueue(task)
    await clock.advance(0)
    for (const { taskId } of [eager, byNature, late]) expect(await status(taskId)).toBe('running')
  })
})
