import { type ResourceLimits, Worker } from 'node:worker_threads'
import { threadUrl } from '../../../worker-urls.ts'
import { checkOptionNames, type OptionNames } from '../../option-names.ts'
import type { TaskExecutor } from '../../run/executor.ts'
import { POOL_NAMES, type PoolOptions, resolvePoolOptions } from './pool-options.ts'
import type { WorkerEvents, WorkerLink } from './pooled-worker.ts'
import { WorkerPool } from './worker-pool.ts'

/** Settings of `threadExecutor`. */
export interface ThreadExecutorOptions extends PoolOptions {
  /** Memory of each thread. A task that needs more fails, and its thread ends. [V8's] */
  resourceLimits?: ResourceLimits
}

const NAMES: OptionNames<ThreadExecutorOptions> = { ...POOL_NAMES, resourceLimits: true }

/**
 * Runs tasks in threads (`worker_threads`) of this process: for work that would block the event
 * loop. A manager with `tasksFile` has one; make another for other settings, or under another name.
 *
 * @throws TaskflowError `configuration` for an option that is not what it should be.
 */
export function threadExecutor(options: ThreadExecutorOptions): TaskExecutor {
  checkOptionNames(options, NAMES, { where: 'threadExecutor', code: 'configuration' })
  const settings = resolvePoolOptions(options, 'threadExecutor', 'thread')
  const start = (events: WorkerEvents) => startThread(settings.tasksFile, options, events)
  const pool = new WorkerPool(start, { kind: 'thread', ...settings })
  return {
    name: settings.name,
    concurrency: settings.size,
    execute: (attempt) => pool.run(attempt),
    close: () => pool.close(),
  }
}

function startThread(
  tasksFile: string,
  { execArgv, env, resourceLimits }: ThreadExecutorOptions,
  events: WorkerEvents,
): WorkerLink {
  const worker = new Worker(threadUrl, {
    name: 'taskflow-task',
    argv: [tasksFile],
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(env && { env }),
    ...(resourceLimits && { resourceLimits }),
  })
  let error: unknown
  worker.on('message', events.message)
  worker.on('error', (thrown) => {
    error = thrown
  })
  worker.on('exit', (code) => events.ended(howItEnded(error, code), error))
  // A started manager keeps its process alive by itself. Last, since a listener takes this back.
  worker.unref()
  return {
    send: (message) => worker.postMessage(message),
    kill: () => void worker.terminate(),
    // Its output comes with its messages.
    drained: (then) => then(),
  }
}

function howItEnded(error: unknown, code: number): string {
  if (error === undefined) return `ended with exit code ${code} before the task did`
  const outOfMemory = error instanceof Error && 'code' in error && error.code
  return outOfMemory === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'ran out of memory'
    : 'ended by an error that nobody caught'
}
