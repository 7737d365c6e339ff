import { afterEach } from 'vitest'
import { type LogEntry, memoryStorage, type Task, TaskManager } from '../../../index.ts'
import type { TaskRecord } from '../../record.ts'
import type { TaskManagerOptions } from '../../run/options.ts'
import type { EnqueueOptions } from '../../run/task-queue.ts'
import { checked, onProcess, onThread } from './test-tasks.ts'

/** Both executors that `tasksFile` brings. */
export const kinds = ['thread', 'process'] as const
export type Kind = (typeof kinds)[number]

export const tasksFile = new URL('./test-tasks.ts', import.meta.url)

/** Managers to stop when the test is over. */
const managers: TaskManager[] = []
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.stop({ graceMs: 0, abortMs: 0 })))
})

/** The task that does this, on that executor. */
export function taskOn(kind: Kind, act: string): Task<unknown, unknown> {
  const task = (kind === 'thread' ? onThread : onProcess)[act]
  if (!task) throw new Error(`expected an act, got ${act}`)
  return task
}

/** A started manager with one worker of each kind, on memory, in real time. */
export async function start(options: Partial<TaskManagerOptions> = {}) {
  const errors: unknown[] = []
  const manager = new TaskManager({
    tasks: [checked, ...Object.values(onThread), ...Object.values(onProcess)],
    tasksFile,
    threads: 1,
    processes: 1,
    storage: memoryStorage(),
    onError: (error) => errors.push(error),
    ...options,
  })
  managers.push(manager)
  await manager.start()

  const over = (record: TaskRecord | null) => record?.endTime != null
  /** Waits until `check` likes the task. */
  const until = (taskId: string, check: (record: TaskRecord | null) => unknown) =>
    new Promise<TaskRecord>((resolve) => {
      let timer: NodeJS.Timeout
      const look = async () => {
        const record = await manager.get(taskId)
        if (!record || !check(record)) {
          timer = setTimeout(look, 10)
          return
        }
        clearTimeout(timer)
        resolve(record)
      }
      void look()
    })
  const logOf = async (taskId: string, limit = 1_000) =>
    (await manager.logs({ taskId, limit })).entries.map(({ stream, level, text }: LogEntry) =>
      [stream, level, text].join(' '),
    )
  return {
    manager,
    errors,
    until,
    logOf,
    ended: (taskId: string) => until(taskId, over),
    /** Enqueues, and waits for the end. */
    async run(task: Task<unknown, unknown>, input?: unknown, options?: EnqueueOptions) {
      const { taskId } = await manager.enqueue(task, input, options)
      return until(taskId, over)
    },
  }
}

/** Waits until a process is no more. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
