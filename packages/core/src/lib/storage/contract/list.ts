import type { TaskAttempt, TaskPhase, TaskSource, TaskStatus, TaskSummary } from '../../record.ts'
import type { ParentFailurePolicy } from './insert.ts'

/** A task whole, payload and result as JSON text. */
export interface StoredTask extends TaskSummary {
  payload: string
  result: string | null
  requeueOnInterrupt: boolean
  attempts: TaskAttempt[]
  /** Its parents, in the order given. */
  dependsOn: string[]
  onParentFailure: ParentFailurePolicy
  /** Tasks that depend on it, by id; at most 1000. */
  children: string[]
}

/** All conditions must hold; within a list, one of them, but all of `tags`. */
export interface TaskFilter {
  taskIds?: string[] | undefined
  status?: TaskStatus[] | undefined
  phase?: TaskPhase[] | undefined
  funcName?: string[] | undefined
  group?: string[] | undefined
  executor?: string[] | undefined
  source?: TaskSource[] | undefined
  instance?: string[] | undefined
  flowId?: string[] | undefined
  scheduleId?: string[] | undefined
  tags?: { key: string; value: string }[] | undefined
  /**
   * Start or end of an id, or part of a function name, without regard to case. The end counts since
   * ids of one minute begin alike, so that people see and copy their ends.
   */
  search?: string | undefined
  /** `createdAt` at or after. */
  since?: number | undefined
  /** `createdAt` before. */
  until?: number | undefined
}

export type TaskSort =
  | 'created_at'
  | 'func_name'
  | 'status'
  | 'duration'
  | 'retries_used'
  | 'priority'
  | 'start_time'
  | 'end_time'

export const TASK_SORTS: readonly TaskSort[] = [
  'created_at',
  'func_name',
  'status',
  'duration',
  'retries_used',
  'priority',
  'start_time',
  'end_time',
]

export interface ListInput {
  filter: TaskFilter
  /**
   * `created_at` orders everything (by id, which is made in time order); any other sort orders the
   * newest 10 000 matches. ['created_at']
   */
  sort?: TaskSort | undefined
  /** Empty values come last either way. ['desc'] */
  order?: 'asc' | 'desc' | undefined
  limit: number
  /** `next` of the page before. */
  cursor?: string | undefined
  now?: number | undefined
}

export interface ListResult {
  tasks: TaskSummary[]
  /** Cursor of the following page; null at the end. */
  next: string | null
  /** Matches in all, counted to 10 000. */
  total: number
  /** False when there are more than were counted. */
  totalExact: boolean
}
