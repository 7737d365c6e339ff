import type { LogLevel, LogStream } from '../../record.ts'
import type { TaskContext } from '../../run/context.ts'
import type { AttemptLimits } from '../../run/executor.ts'
import type { FlowEntry } from '../../run/flow.ts'
import type { TaskParent } from '../../run/parents.ts'
import type { EnqueueOptions, TaskRef } from '../../run/task-queue.ts'
import type { WireError } from './wire-error.ts'

// What the manager's side and a worker say to each other: all of it JSON, which between processes is
// faster than structured clone.

/** The plain part of a context. */
export interface ContextData extends Pick<TaskContext, 'taskId' | 'funcName' | 'attempt' | 'tags'> {
  parents: readonly TaskParent[]
}

export function contextData(context: TaskContext): ContextData {
  const { taskId, funcName, attempt, tags, parents } = context
  return { taskId, funcName, attempt, tags, parents }
}

/** To the worker, which runs one attempt at a time. Payloads are JSON; null stands for none. */
export type ToWorker =
  | {
      type: 'run'
      context: ContextData
      payload: string | null
      limits: AttemptLimits
      trace: string | null
    }
  | { type: 'abort'; reason: WireError }
  | { type: 'stored'; call: number; stored: Stored }
  | { type: 'refused'; call: number; error: WireError }

/** From the worker. */
export type FromWorker =
  | { type: 'output'; output: Output }
  | { type: 'enqueue'; call: number; task: TaskToStore<Omit<EnqueueOptions, 'via'>> }
  | { type: 'flow'; call: number; tasks: FlowTaskToStore[] }
  | { type: 'done'; output: Output | null; result: string }
  /** `spoilt`: this worker cannot run anything, another one might. */
  | { type: 'failed'; output: Output | null; error: WireError; spoilt: boolean }
  /** About to die of this. */
  | { type: 'uncaught'; error: WireError }
  /** Thrown, and caught by nobody, by what an attempt that had ended left running. */
  | { type: 'stray'; taskId: string; error: WireError }

/** A task that the running one enqueues. */
export interface TaskToStore<Options> {
  funcName: string
  payload: string | null
  options: Options
}

/** One task of a flow; its parents by their places among those before it. */
export interface FlowTaskToStore extends TaskToStore<FlowEntry['options']> {
  after: number[]
}

/** What became of an enqueue, or of a flow. */
export interface Stored {
  tasks: TaskRef[]
  flowId: string
}

/** What an attempt wrote since the last message. */
export interface Output {
  lines: [stream: LogStream, level: LogLevel, text: string][]
  /** Lines that were not kept because the log is full. */
  dropped: number
  progress: [fraction: number, message: string | undefined] | null
}
