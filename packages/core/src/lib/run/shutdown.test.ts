import { describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import { claimedAhead, delayTurn, gate, start } from './test-manager.ts'

describe('stop', () => {
  it('hands back what a claim under way brings', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const answer = delayTurn(manager.storage)
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    const stopping = manager.stop()
    await clock.advance(0)
    answer()
    await stopping
    const [stored] = await manager.storage.get({ taskIds: [taskId] })
    expect(stored).toMatchObject({ status: 'pending', attemptsMade: 0 })
  })

  it('does not count what never began as completed', async () => {
    const { manager, first, second } = await claimedAhead()
    expect(await manager.stop({ graceMs: 0, abortMs: 0 })).toEqual({
      completed: 0,
      released: 0,
      interrupted: 1,
      abandoned: 1,
    })
    const [a, b] = await manager.storage.get({ taskIds: [first, second] })
    expect([a?.status, b?.status]).toEqual(['interrupted', 'pending'])
  })

  it('settles what ended although the storage failed once', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    const stopping = manager.stop()
    await clock.advance(0)
    vi.spyOn(manager.storage, 'turn').mockRejectedValueOnce(new Error('busy'))
    open.get(taskId)?.end()
    await clock.advance(0)
    await stopping
    const [stored] = await manager.storage.get({ taskIds: [taskId] })
    expect(stored?.status).toBe('success')
  })

  it('lets handlers that are waited for enqueue what follows', async () => {
    const { task: child } = gate('child')
    let end = () => {}
    const parent = defineTask({
      name: 'parent',
      async run(_: void, { tasks }) {
        await new Promise<void>((resolve) => {
          end = resolve
        })
        return (await tasks.enqueue(child)).taskId
      },
    })
    const { manager, clock } = await start([parent, child])
    const { taskId } = await manager.enqueue(parent)
    await clock.advance(0)
    const stopping = manager.stop()
    await clock.advance(0)
    end()
    await stopping
    const [stored] = await manager.storage.get({ taskIds: [taskId] })
    expect(stored?.status).toBe('success')
    const [follower] = await manager.storage.get({ taskIds: [JSON.parse(stored?.result ?? '""')] })
    expect(follower?.status).toBe('pending')
  })

  it('does not wait for a lease that was lost and cannot be had again', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const { storage } = manager
    await manager.enqueue(task)
    await clock.advance(0)
    await storage.recover({
      dead: [{ instanceId: manager.instanceId, beat: 0 }],
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    const beat = storage.beat.bind(storage)
    vi.spyOn(storage, 'beat').mockImplementation((input) =>
      input.beat === 0 ? Promise.reject(new Error('down')) : beat(input),
    )
    await clock.advance(3_000)
    expect(await manager.stop({ graceMs: 0, abortMs: 0 })).toMatchObject({ abandoned: 1 })
  })

  it('reports a handler that ignored its time-out and still runs', async () => {
    const { task } = gate('deaf', { timeoutMs: 100 })
    const { manager, clock, status } = await start([task], { cancelGraceMs: 50 })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(151)
    expect(await status(taskId)).toBe('failed')
    const report = { completed: 0, released: 0, interrupted: 0, abandoned: 1 }
    expect(await manager.stop({ graceMs: 0, abortMs: 0 })).toEqual(report)
  })

  it('closes the storage although an executor fails to close', async () => {
    const broken = {
      name: 'broken',
      execute: async () => {},
      close: () => Promise.reject(new Error('stuck')),
    }
    const { manager, errors } = await start([], { executors: [broken] })
    const close = vi.spyOn(manager.storage, 'close')
    await manager.stop()
    expect(close).toHaveBeenCalledOnce()
    expect(errors).toHaveLength(1)
  })

  it('leaves no lease behind when it comes in the middle of a start', async () => {
    const { task } = gate()
    const storage = memoryStorage()
    let opened = () => {}
    vi.spyOn(storage, 'open').mockImplementation(
      () =>
        new Promise((resolve) => {
          opened = resolve
        }),
    )
    const manager = new TaskManager({ tasks: [task], storage })
    const starting = manager.start().catch((error) => error)
    const stopping = manager.stop()
    opened()
    await stopping
    expect(await starting).toMatchObject({ code: 'configuration' })
    expect(await storage.instances?.list()).toEqual([])
  })

  it('leaves no lease behind when the start ends while an enqueue is waited for', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const after = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve))
    const { beat, insert } = storage
    const beats = vi.spyOn(storage, 'beat').mockImplementation(async (input) => {
      await after(500)
      return beat.call(storage, input)
    })
    vi.spyOn(storage, 'insert').mockImplementation(async (input) => {
      await after(1_000)
      return insert.call(storage, input)
    })
    const { task } = gate()
    const manager = new TaskManager({ tasks: [task], storage, clock })
    const enqueued = manager.enqueue(task)
    const starting = manager.start().catch((error) => error)
    await clock.advance(0)
    const stopping = manager.stop()
    await clock.advance(2_000)
    await Promise.all([stopping, enqueued])
    expect(await starting).toMatchObject({ code: 'configuration' })
    expect(await storage.instances?.list()).toEqual([])
    const { length } = beats.mock.calls
    await clock.advance(10_000)
    expect(beats.mock.calls).toHaveLength(length)
  })

  it('on signals leaves the third one to the system', async () => {
    const before = process.rawListeners('SIGTERM').length
    const { manager } = await start([], { handleSignals: true })
    expect(process.rawListeners('SIGTERM')).toHaveLength(before + 1)
    const [first] = process.listeners('SIGTERM').slice(-1)
    first?.('SIGTERM')
    const [second, ...more] = process.rawListeners('SIGTERM').slice(before)
    expect(more).toEqual([])
    second?.('SIGTERM')
    expect(process.rawListeners('SIGTERM')).toHaveLength(before)
    await manager.stop()
    process.removeAllListeners('SIGINT')
  })

  it('waits for handlers, and resolves with what became of them', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task], { concurrency: 1 })
    const first = await manager.enqueue(task)
    const second = await manager.enqueue(task)
    await clock.advance(0)
    const storage = manager.storage
    const stopping = manager.stop()
    await clock.advance(10)
    open.get(first.taskId)?.end()
    await clock.advance(0)
    expect(await stopping).toEqual({ completed: 1, released: 0, interrupted: 0, abandoned: 0 })
    const [a, b] = await storage.get({ taskIds: [first.taskId, second.taskId] })
    expect([a?.status, b?.status, b?.attemptsMade]).toEqual(['success', 'pending', 0])
    await expect(manager.enqueue(task)).rejects.toMatchObject({ committed: 'no' })
  })

  it('aborts, then gives back: requeued where asked, interrupted elsewhere, no attempt counted', async () => {
    const { task: requeued } = gate('requeued', { requeueOnInterrupt: true })
    const { task: parked } = gate('parked')
    const { manager, clock } = await start([requeued, parked])
    const a = await manager.enqueue(requeued)
    const b = await manager.enqueue(parked)
    await clock.advance(0)
    const stopping = manager.stop({ graceMs: 1000, abortMs: 500 })
    await clock.advance(1500)
    expect(await stopping).toMatchObject({ released: 1, interrupted: 1, abandoned: 2 })
    const [first, second] = await manager.storage.get({ taskIds: [a.taskId, b.taskId] })
    expect(first).toMatchObject({ status: 'pending', attemptsMade: 0 })
    expect(second).toMatchObject({ status: 'interrupted' })
    expect(await manager.storage.instances?.list()).toEqual([])
  })

  it('a second call does not wait', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    await manager.enqueue(task)
    await clock.advance(0)
    void manager.stop({ graceMs: 60_000 })
    await clock.advance(1)
    await expect(manager.stop()).resolves.toMatchObject({ abandoned: 1 })
  })
})
