import { defineTask, memoryStorage, TaskManager, type TaskStorage } from '@taskflow/core'
import { type Mode, type Payload, type Place, QUEUE_NAME, type Queue } from './queue.ts'

type Kind = 'memory' | 'sqlite' | 'postgres'

/** A storage as an app would make it; the driver of another is not loaded. */
export async function makeStorage(
  kind: Kind,
  place: Place,
  options: { worker?: boolean } = {},
): Promise<TaskStorage> {
  if (kind === 'memory') return memoryStorage()
  if (kind === 'postgres') {
    const { postgresStorage } = await import('@taskflow/storage-postgres')
    return postgresStorage({ url: place.location })
  }
  const { sqliteStorage } = await import('@taskflow/storage-sqlite')
  return sqliteStorage({ file: place.location, ...options })
}

/** Taskflow through its manager, on one of its storages. */
export async function taskflow(
  kind: Kind,
  place: Place,
  options: { worker?: boolean } = {},
): Promise<Queue> {
  let handle: (payload: Payload) => void | Promise<void> = () => {}
  const run = (payload: Payload) => handle(payload)
  let task = defineTask({ name: QUEUE_NAME, run })
  const storage = await makeStorage(kind, place, options)
  let manager = new TaskManager({ tasks: [task], storage })
  return {
    async open(mode: Mode) {
      task = defineTask({ name: QUEUE_NAME, run, requeueOnInterrupt: mode === 'recovery' })
      const concurrency = mode === 'tuned' ? { concurrency: 500 } : {}
      manager = new TaskManager({ tasks: [task], storage, ...concurrency })
      await manager.open()
    },
    enqueue: (payload) => manager.enqueue(task, payload),
    enqueueMany: (payloads) =>
      manager.enqueueMany(
        task,
        payloads.map((payload) => ({ payload })),
      ),
    async work(handler) {
      handle = handler
      await manager.start()
    },
    async unfinished() {
      const { pending, running } = await manager.metrics()
      return pending + running
    },
    async fillHistory(count) {
      const { analyze, fillHistory, foldMinutes } = await import('./history.ts')
      await fillHistory(storage, count)
      if (kind === 'postgres') await foldMinutes(storage, place)
      await analyze(kind, place)
    },
    async close() {
      await manager.stop({ graceMs: 0, abortMs: 0 })
    },
  }
}
