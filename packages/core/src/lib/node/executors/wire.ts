import type { LogLevel, LogStream } from '../../record.ts'
import type { TaskContext } from '../../run/context.ts'
import type { AttemptLimits } from '../../run/executor.ts'
import type { EnqueueOptions, TaskRef } from '../../run/task-queue.ts'
import type { WireError } from './wire-error.ts'

// What the manager's side and a worker say to each other: all of it JSON, which between processes is
// faster than structured clone.

/** The plain part of a context. */
export type ContextData = Pick<TaskContext, 'taskId' | 'funcName' | 'attempt' | 'tags'>

export function contextData({ taskId, funcName, attempt, tags }: TaskContext): ContextData {
  return { taskId, funcName, attempt, tags }
}

/** To the worker, which runs one attempt at a time. Payloads are JSON; null stands for none. */
export type ToWorker =
  | { type: 'run'; context: ContextData; payload: string | null; limits: AttemptLimits }
  | { type: 'abort'; reason: WireError }
  | { type: 'enqueued'; call: number; ref: TaskRef }
  | { type: 'refused'; call: number; error: WireError }

/** From the worker. */
export type FromWorker =
  | { type: 'output'; output: Output }
  | ({ type: 'enqueue'; call: number } & EnqueueCall)
  | { type: 'done'; output: Output | null; result: string }
  /** `spoilt`: this worker cannot run anything, another one might. */
  | { type: 'failed'; output: Output | null; error: WireError; spoilt: boolean }
  /** About to die of this. */
  | { type: 'uncaught'; error: WireError }

export interface EnqueueCall {
  funcName: string
  payload: string | null
  options: Omit<EnqueueOptions, 'via'>
}

/** What an attempt wrote since the last message. */
export interface Output {
  lines: [stream: LogStream, level: LogLevel, text: string][]
  /** Lines that were not kept because the log is full. */
  dropped: number
  progress: [fraction: number, message: string | undefined] | null
}
