import { describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import { obedient, start } from './test-manager.ts'

describe('leases', () => {
  it('a lost one aborts the handlers and joins again under a new id', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const { manager } = await start([obedient], { storage, clock })
    await manager.enqueue(obedient)
    await clock.advance(0)
    const before = manager.instanceId
    const [own] = (await storage.instances?.list()) ?? []
    expect(own?.running).toBe(0)
    await storage.recover({
      dead: [{ instanceId: before, beat: 0 }],
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    await clock.advance(3_000)
    expect(manager.instanceId).not.toBe(before)
    const { taskId } = await manager.enqueue(obedient)
    await clock.advance(0)
    expect((await manager.get(taskId))?.instance).toBe(manager.instanceId)
  })

  it('a lost one is not asked for work again and again until the beat tells', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const { manager, status } = await start([obedient], { storage, clock })
    const dead = [{ instanceId: manager.instanceId, beat: 0 }]
    await storage.recover({ dead, maxCrashes: 3, crashDelayMs: 0 })
    const turn = vi.spyOn(storage, 'turn')
    const { taskId } = await manager.enqueue(obedient)
    await clock.advance(2_000)
    expect(turn.mock.calls.length).toBeLessThan(50)
    await clock.advance(1_000)
    expect(await status(taskId)).toBe('running')
  })

  it('another instance takes over what a dead one ran', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const again = defineTask({ name: 'again', requeueOnInterrupt: true, run: obedient.run })
    const dead = new TaskManager({ tasks: [again, obedient], storage, clock: stopped(clock) })
    await dead.start()
    const a = await dead.enqueue(again)
    const b = await dead.enqueue(obedient)
    await clock.advance(0)
    const { status, manager } = await start([again, obedient], { storage, clock })
    expect(await status(a.taskId)).toBe('running')
    await clock.advance(30_000)
    expect(await manager.get(a.taskId)).toMatchObject({
      status: 'running',
      crashes: 1,
      attemptsMade: 1,
      instance: manager.instanceId,
    })
    expect(await status(b.taskId)).toBe('interrupted')
  })
})

/** A clock whose timers never fire: what a process sees that has stopped. */
function stopped(clock: ReturnType<typeof fakeClock>) {
  return { ...clock, after: () => () => {} }
}
