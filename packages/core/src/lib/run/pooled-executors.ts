import type { Clock } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import type { TaskExecutor } from './executor.ts'
import { checkTasksFile } from './tasks-file.ts'

/** Names of the executors that `tasksFile` brings. */
const KINDS = ['thread', 'process'] as const
type Kind = (typeof KINDS)[number]

/** What the pools of a manager are made of. */
export interface PoolSettings {
  tasksFile: URL | string
  threads: number
  processes: number
  graceMs: number
  clock: Clock
}

/** Slots of a pool that was given no size: the event loop of the app keeps a core. */
export function defaultPoolSize(): number {
  return Math.max(1, (globalThis.navigator?.hardwareConcurrency ?? 2) - 1)
}

/** 'thread' and 'process', whose code is loaded when the first task runs there. */
export function pooledExecutors(settings: PoolSettings): TaskExecutor[] {
  checkTasksFile(settings.tasksFile, 'TaskManager')
  return KINDS.map((kind) => lazy(kind, settings))
}

/** Why a task cannot choose this executor, if it is one that needs a tasks file. */
export function missingTasksFile(taskName: string, executor: string): TaskflowError | null {
  if (!KINDS.some((kind) => kind === executor)) return null
  return new TaskflowError(
    'configuration',
    `TaskManager: ${taskName}: executor: '${executor}' needs tasksFile, the module that exports the tasks: expected tasksFile: new URL('./tasks.js', import.meta.url), got none`,
  )
}

function lazy(kind: Kind, { threads, processes, ...options }: PoolSettings): TaskExecutor {
  const concurrency = kind === 'thread' ? threads : processes
  let loading: Promise<TaskExecutor> | undefined
  let closed = false
  return {
    name: kind,
    concurrency,
    async execute(attempt) {
      loading ??= load(kind, { ...options, concurrency })
      const executor = await loading
      if (closed) await executor.close?.()
      return executor.execute(attempt)
    },
    async close() {
      closed = true
      await (await loading)?.close?.()
    },
  }
}

/** The only way from core into Node: neither is loaded where no task needs it. */
async function load(
  kind: Kind,
  options: Omit<PoolSettings, 'threads' | 'processes'> & { concurrency: number },
): Promise<TaskExecutor> {
  if (kind === 'thread') {
    return (await import('../node/executors/thread-executor.ts')).threadExecutor(options)
  }
  return (await import('../node/executors/process-executor.ts')).processExecutor(options)
}
