import { AsyncLocalStorage } from 'node:async_hooks'
import { TaskflowError } from '../errors.ts'
import type { LogLevel } from '../record.ts'
import { type TaskParents, taskParents } from './parents.ts'
import type { TaskQueue } from './task-queue.ts'

/** What a running task knows of itself. */
export interface TaskContext {
  readonly taskId: string
  readonly funcName: string
  /** Zero-based retry index: 0 is the first run. */
  readonly attempt: number
  readonly tags: Readonly<Record<string, string>>
  /** Aborts when the task is cancelled, times out or must stop; `signal.reason` says why. */
  readonly signal: AbortSignal
  /** Writes a line to the task's log. ['info'] */
  log(message: string, level?: LogLevel): void
  /** Says how far the task is, from 0 to 1. */
  progress(fraction: number, message?: string): void
  /** How the tasks that it depends on ended, in the order of `dependsOn`; with their results. */
  readonly parents: TaskParents
  /** Enqueues further tasks. */
  readonly tasks: TaskQueue
}

const running = new AsyncLocalStorage<TaskContext>()

/** Runs `work` so that `getTaskContext` and `taskLog` find `context` from any depth. */
export function withContext<Result>(context: TaskContext, work: () => Result): Result {
  return running.run(context, work)
}

/** The context of the task that runs here, or undefined outside of one. */
export function currentContext(): TaskContext | undefined {
  return running.getStore()
}

/**
 * The context of the task that runs here, from any depth of calls.
 *
 * @throws TaskflowError `configuration` outside of a task.
 */
export function getTaskContext(): TaskContext {
  const context = running.getStore()
  if (!context) {
    throw new TaskflowError('configuration', 'getTaskContext: expected to be called inside a task')
  }
  return context
}

/** Writes a line to the log of the task that runs here; outside of a task, to the console. */
export function taskLog(message: string, level: LogLevel = 'info'): void {
  const context = running.getStore()
  if (context) context.log(message, level)
  else consoleLog(message, level)
}

/** The context of a task that is called like an ordinary function. */
export function standaloneContext(funcName: string): TaskContext {
  const refuse = () => {
    throw new TaskflowError(
      'configuration',
      `${funcName}: context.tasks: expected to be run by a TaskManager, was called directly`,
    )
  }
  return {
    taskId: '00000000-0000-0000-0000-000000000000',
    funcName,
    attempt: 0,
    tags: {},
    signal: new AbortController().signal,
    log: (message, level = 'info') => consoleLog(message, level),
    progress: () => {},
    parents: taskParents([]),
    tasks: { enqueue: refuse, flow: refuse },
  }
}

function consoleLog(message: string, level: LogLevel): void {
  // biome-ignore lint/suspicious/noConsole: outside a task the console is where logs belong
  console[level](message)
}
