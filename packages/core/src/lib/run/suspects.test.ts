import { expect, it } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask, type Task } from './define-task.ts'
import { asyncExecutor, type TaskExecutor } from './executor.ts'
import { start } from './test-manager.ts'

const elsewhere: TaskExecutor = { ...asyncExecutor, name: 'elsewhere', concurrency: 2 }
const executors = [elsewhere]

/** Has a dead instance leave a running task behind. */
async function crashed(task: Task<void>) {
  const clock = fakeClock()
  const storage = memoryStorage({ now: clock.now })
  const instanceId = 'dead'
  const instance = { instanceId, host: '', pid: 0, version: '', functions: [] }
  const lease = { instance, leaseMs: 1, running: 0, state: 'running' as const }
  await storage.beat({ ...lease, beat: 0 })
  const { manager } = await start([task], { clock, storage, executors, concurrency: 0 })
  await manager.enqueue(task)
  const funcNames = [task.name]
  await storage.turn({ instanceId, settle: [], claim: { limit: 10, funcNames } })
  await storage.beat({ ...lease, beat: 1, leaving: true })
  await manager.stop()
  return { clock, storage }
}

it('a task that took a process down is found in every lane, though one asks at a time', async () => {
  const options = { requeueOnInterrupt: true, run: () => {} }
  const near = defineTask({ name: 'near', ...options })
  const far = defineTask({ name: 'far', ...options, executor: 'elsewhere' })
  for (const [crasher, tasks] of [
    [near, [near, far]],
    [near, [far, near]],
    [far, [near, far]],
    [far, [far, near]],
  ] as const) {
    const { clock, storage } = await crashed(crasher)
    const { manager } = await start([...tasks], { clock, storage, executors })
    await clock.advance(0)
    expect((await manager.list()).tasks).toMatchObject([{ status: 'success', crashes: 1 }])
  }
})
