import type { TaskJson } from './task-wire.ts'

/** The answer of actions that yield a task. */
export interface ActionJson {
  task_id: string
  task: TaskJson
  /** An earlier task stands in for the one asked for. */
  duplicate?: boolean
}

/** What became of one task in a bulk retry. */
export interface BulkRetryResultJson {
  original_task_id: string
  /** The retry, or the earlier one that stands; null when it was skipped, and in a dry run. */
  new_task_id: string | null
  /** Why it was skipped. */
  reason?: string
}

export interface BulkRetryJson {
  dispatched: number
  skipped: number
  /** One for each task, at most 1000. */
  results: BulkRetryResultJson[]
}

/** What became of one task in a bulk cancel. */
export interface BulkCancelResultJson {
  task_id: string
  /** Why it was skipped. */
  reason?: string
}

export interface BulkCancelJson {
  cancelled: number
  skipped: number
  /** One for each task, at most 1000. */
  results: BulkCancelResultJson[]
}
