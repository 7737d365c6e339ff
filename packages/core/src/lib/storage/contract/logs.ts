import type { LogEntry, LogLevel, LogStream, TaskProgress } from '../../record.ts'

/** A log line before the storage numbers it. */
export type NewLogEntry = Omit<LogEntry, 'n'>

export interface LogStorage {
  /**
   * Appends lines of running attempts, and their progress where given. Fenced like settling: a
   * stale owner's lines are dropped. Not idempotent: after `committed: 'unknown'`, do not repeat.
   */
  append(input: {
    instanceId: string
    batches: LogBatch[]
  }): Promise<{ taskId: string; result: 'appended' | 'stale' }[]>

  /** Lines of one task in order; an unknown task has none. */
  read(input: LogQuery): Promise<LogPage>
}

export interface LogBatch {
  taskId: string
  fence: number
  entries: NewLogEntry[]
  progress?: TaskProgress | undefined
}

export interface LogQuery {
  taskId: string
  /** First `n` to return. [1] */
  from?: number | undefined
  limit: number
  /**
   * `log`: what `taskLog` wrote. `stdout` and `stderr`: what was captured there, and what `taskLog`
   * wrote, below level error and of it.
   */
  stream?: LogStream | undefined
  /** This level and above. */
  level?: LogLevel | undefined
  /** Part of the text, without regard to case. */
  search?: string | undefined
}

export interface LogPage {
  entries: LogEntry[]
  /** Lines that match in all. */
  total: number
  /** `from` of the following page; null at the end. */
  next: number | null
}
