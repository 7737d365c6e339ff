import type { TaskSource } from '../../record.ts'

export interface InsertInput {
  tasks: NewTask[]
  now?: number | undefined
}

export interface InsertResult {
  /** The task that stands: the new one, or the earlier one of a duplicate. */
  taskId: string
  duplicate: boolean
  /** It was not stored: it, or a task of its flow, depends on this task, which does not exist. */
  unknownParent?: string
}

/** Stores tasks elsewhere than in a transaction of its own; made by a storage's `using`. */
export interface TaskInserter {
  /** As `TaskStorage.insert`, in the caller's transaction: committed or rolled back with it. */
  insert(input: InsertInput): Promise<InsertResult[]>
}

/** A task as `insert` takes it. */
export interface NewTask {
  taskId: string
  funcName: string
  group: string | null
  /** JSON text. */
  payload: string
  /** When it is due, epoch ms. Absent: `delayMs` from now. */
  runAt?: number | undefined
  /** Due this long after the insert. [0] */
  delayMs?: number | undefined
  priority: number | null
  maxAttempts: number
  /** What a shutdown or crash makes of it while it runs: requeued, else interrupted. */
  requeueOnInterrupt: boolean
  idempotencyKey: string | null
  tags: Record<string, string>
  source: TaskSource
  executor: string
  retryOf: string | null
  /** Parents, each once. [none] */
  dependsOn?: string[] | undefined
  /** What becomes of it when a parent ends failed, interrupted or cancelled. ['hold'] */
  onParentFailure?: ParentFailurePolicy | undefined
  /** Shared by the tasks of one flow. [none] */
  flowId?: string | undefined
  /** The schedule it is a run of. [none] */
  scheduleId?: string | undefined
  /**
   * W3C trace context of who enqueued it: `traceparent`, or that, a newline and `tracestate`. [none]
   */
  trace?: string | undefined
}

/**
 * - `hold`: it stays blocked; a retry of the parent takes the parent's place.
 * - `fail`: it is failed (without a start, error `DEPENDENCY_FAILED`), and so on to its children.
 * - `run`: it runs all the same, once all parents ended.
 */
export type ParentFailurePolicy = 'hold' | 'fail' | 'run'

/** Error of a task that was failed because a parent was not successful. */
export const DEPENDENCY_FAILED = 'A task it depends on did not succeed'
