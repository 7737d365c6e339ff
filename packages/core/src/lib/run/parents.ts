import type { Clock } from '../clock.ts'
import type { TaskStatus } from '../record.ts'
import type { StoredTask, TaskStorage } from '../storage/contract.ts'
import type { Task } from './define-task.ts'
import type { Encryption } from './encryption/encryption.ts'
import { Outage } from './outage.ts'
import { resultOf } from './result-of.ts'

/** How a task ended that the running one depends on. */
export type TaskParent<Result = unknown> = {
  readonly taskId: string
  readonly funcName: string
} & (
  | {
      readonly status: 'success'
      /** What it returned, as JSON keeps it. */
      readonly result: Result
    }
  // Only with `onParentFailure: 'run'`.
  | { readonly status: Exclude<TaskStatus, 'success'>; readonly result: undefined }
)

/** What the running task depends on, in the order of `dependsOn`. Plain data but for `of`. */
export interface TaskParents extends ReadonlyArray<TaskParent> {
  /** Those that are runs of this task, in the same order, their results typed. */
  of<Result>(task: Task<never, Result>): TaskParent<Result>[]
}

/**
 * A list of parents with `of`, as `context.parents` is: for `runTask`, and for executors that send
 * the list elsewhere. `of` is not enumerable, so the list can be cloned.
 */
export function taskParents(list: readonly TaskParent[]): TaskParents {
  const of = (task: Task<never, unknown>) => list.filter(({ funcName }) => funcName === task.name)
  const parents = Object.defineProperty([...list], 'of', { value: of })
  // Results are of the type that the task of that name returned.
  return parents as readonly TaskParent[] as TaskParents
}

/** Of a task that depends on none. */
export const NO_PARENTS = Object.freeze(taskParents([]))

/** Stored parents as the running task sees them. */
export async function parentsOf(
  stored: readonly StoredTask[],
  encryption: Encryption,
): Promise<TaskParents> {
  if (stored.length === 0) return NO_PARENTS
  return taskParents(
    await Promise.all(
      stored.map(async (task) => {
        const { taskId, funcName, status } = task
        if (status !== 'success') return { taskId, funcName, status, result: undefined }
        return { taskId, funcName, status, result: await resultOf(task, encryption) }
      }),
    ),
  )
}

/** Reads parents; while the storage is away it waits, since that is no failure of the task. */
export class ParentReader {
  readonly #storage: TaskStorage
  readonly #clock: Clock
  readonly #outage: Outage

  constructor(options: { storage: TaskStorage; clock: Clock; onError: (error: unknown) => void }) {
    this.#storage = options.storage
    this.#clock = options.clock
    this.#outage = new Outage('tasks wait for the results of parents', options.onError)
  }

  /** The tasks of these ids. Rejects only when `signal` aborts, and then at once. */
  async read(taskIds: string[], signal: AbortSignal): Promise<StoredTask[]> {
    let stop = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason)
    })
    signal.addEventListener('abort', stop)
    try {
      return await Promise.race([stopped, this.#read(taskIds, signal)])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #read(taskIds: string[], signal: AbortSignal): Promise<StoredTask[]> {
    for (;;) {
      signal.throwIfAborted()
      try {
        const stored = await this.#storage.get({ taskIds })
        this.#outage.over()
        return stored.filter((task) => task !== null)
      } catch (error) {
        const ms = this.#outage.failed(error, Math.random())
        await new Promise<void>((resolve) => this.#clock.after(ms, resolve))
      }
    }
  }
}
