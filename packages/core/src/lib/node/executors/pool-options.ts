import { pathToFileURL } from 'node:url'
import { type Clock, systemClock } from '../../clock.ts'
import { TaskflowError } from '../../errors.ts'
import type { OptionNames } from '../../option-names.ts'
import { defaultPoolSize } from '../../run/pooled-executors.ts'
import { checkTasksFile } from '../../run/tasks-file.ts'

/** What thread and process executors have in common. */
export interface PoolOptions {
  /** What tasks name in `executor`. ['thread' or 'process'] */
  name?: string
  /**
   * The module that exports the tasks, by themselves or in arrays or objects: each worker imports
   * it. A file URL or an absolute path. It must not make a `TaskManager` or start a server.
   */
  tasksFile: URL | string
  /** How many attempts run at once, each in a worker of its own. [cores - 1, at least 1] */
  concurrency?: number
  /** A task that runs on this long after its signal was aborted is ended with its worker. [30 000] */
  graceMs?: number
  /** Options of Node for the workers, instead of this process' own. [the same] */
  execArgv?: readonly string[]
  /** Environment of the workers. [a copy of this process'] */
  env?: Readonly<Record<string, string | undefined>>
  /** Replaces time, for tests. [the system's] */
  clock?: Clock
}

export const POOL_NAMES: OptionNames<PoolOptions> = {
  name: true,
  tasksFile: true,
  concurrency: true,
  graceMs: true,
  execArgv: true,
  env: true,
  clock: true,
}

/** @throws TaskflowError `configuration`. */
export function resolvePoolOptions(options: PoolOptions, where: string, name: string) {
  checkTasksFile(options.tasksFile, where)
  const whole = (option: 'concurrency' | 'graceMs', fallback: number, min: number): number => {
    const value = options[option] ?? fallback
    if (Number.isSafeInteger(value) && value >= min) return value
    throw new TaskflowError(
      'configuration',
      `${where}: ${option}: expected a whole number of ${min} or more, got ${String(value)}`,
    )
  }
  const tasksFile = String(options.tasksFile)
  return {
    name: options.name ?? name,
    tasksFile: tasksFile.startsWith('file:') ? tasksFile : pathToFileURL(tasksFile).href,
    size: whole('concurrency', defaultPoolSize(), 1),
    graceMs: whole('graceMs', 30_000, 0),
    clock: options.clock ?? systemClock,
  }
}
