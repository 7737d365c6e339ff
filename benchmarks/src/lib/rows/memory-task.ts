import { defineTask, TaskManager } from '@taskflow/core'
import { QUEUE_NAME } from '../systems/queue.ts'
import { type Context, type Values, warmUpOf } from './context.ts'

/** Time and heap of a task in the memory storage. Needs --expose-gc. */
export async function memoryTask(context: Context): Promise<Values> {
  const { memoryCount } = context.settings
  return {
    'memory-task-us': await timePerTask(memoryCount),
    'memory-task-bytes': await bytesPerTask(memoryCount),
  }
}

/** Enqueued in batches and run, defaults. */
async function timePerTask(count: number): Promise<number> {
  let ended = 0
  const task = defineTask({ name: QUEUE_NAME, run: () => void ended++ })
  const manager = new TaskManager({ tasks: [task] })
  await manager.start()
  const through = async (jobs: number) => {
    const target = ended + jobs
    for (let n = 0; n < jobs; n += 1000) {
      await manager.enqueueMany(task, items(Math.min(1000, jobs - n)))
    }
    while (ended < target) await new Promise(setImmediate)
  }
  await through(warmUpOf(count))
  const start = performance.now()
  await through(count)
  const elapsed = performance.now() - start
  await manager.stop()
  return (elapsed * 1000) / count
}

/** What a manager that does not run keeps of each task. */
async function bytesPerTask(count: number): Promise<number> {
  const task = defineTask({ name: QUEUE_NAME, run: () => {} })
  const manager = new TaskManager({ tasks: [task], concurrency: 0 })
  await manager.enqueueMany(task, items(1000))
  const before = heap()
  for (let n = 0; n < count; n += 1000) await manager.enqueueMany(task, items(1000))
  const after = heap()
  await manager.stop()
  return (after - before) / (Math.ceil(count / 1000) * 1000)
}

function heap(): number {
  if (!globalThis.gc) throw new Error('expected --expose-gc')
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const items = (count: number) => Array.from({ length: count }, () => ({ payload: undefined }))
