import { expect } from 'vitest'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import { type FakeClock, fakeClock } from '../../testing/fake-clock.ts'
import { defineTask, type Task } from '../define-task.ts'
import type { TaskManagerOptions } from '../options.ts'
import { TaskManager } from '../task-manager.ts'
import { managers, withParts } from '../test-manager.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** A storage that outlives managers, with time in the test's hands. */
export function world(startAt?: number) {
  const clock = fakeClock(startAt)
  const storage = memoryStorage({ now: clock.now })
  // A manager that stops closes its storage, which would lose what others still need.
  const shared = withParts(storage, {
    close: async () => {},
    ...(storage.schedules && { schedules: storage.schedules }),
  })
  const errors: unknown[] = []
  const manager = (tasks: Task[], options: Partial<TaskManagerOptions> = {}) => {
    const made = new TaskManager({
      tasks,
      clock,
      storage: shared,
      onError: (error) => errors.push(error),
      ...options,
    })
    managers.push(made)
    return made
  }
  return { clock, storage: shared, errors, manager }
}

/** Runs at once and notes when. */
export function noted(name = 'noted') {
  const runs: unknown[] = []
  const task = defineTask({ name, run: (payload: unknown) => void runs.push(payload) })
  return { task, runs }
}

export const outcomes = async (manager: TaskManager, id: string) =>
  (await manager.scheduleTicks(id)).ticks.map(({ outcome }) => outcome).reverse()

export const only = async (manager: TaskManager, upcoming?: number) => {
  const all = await manager.schedules(upcoming === undefined ? {} : { upcoming })
  expect(all).toHaveLength(1)
  return all[0] ?? expect.fail('there is one')
}

export async function stop(manager: TaskManager, clock: FakeClock) {
  const stopped = manager.stop({ graceMs: 0, abortMs: 0 })
  await clock.advance(0)
  await stopped
}
