import type { TaskStatus } from '../record.ts'

/** A schedule at one moment. */
export interface ScheduleJson {
  id: string
  name: string
  func_name: string
  /** Null when no live instance can run the function. */
  executor: string | null
  /** Name of the storage. */
  storage: string
  trigger: 'interval' | 'cron' | 'date' | 'any' | 'shutdown'
  /** The trigger in words. */
  description: string
  /** Whose clocks count; null where none do. */
  time_zone: string | null
  /** `pending`: declared, not stored by a started server yet. */
  state: 'pending' | 'scheduled' | 'paused'
  /** Null while it is paused, when no run is left, and when no live instance declares it any more. */
  next_run: string | null
  /** As many as `upcoming` asks for, `next_run` included. */
  next_runs: string[]
  /** When a run was stored last. */
  last_run: string | null
  last_task_id: string | null
  /** Status of that run; null when it was deleted. */
  last_status: TaskStatus | null
  misfire: 'latest' | 'skip' | 'all'
  overlap: 'skip' | 'queue' | 'allow'
  /** Seconds. */
  jitter: number
  start_at: string | null
  end_at: string | null
  priority: number | null
  tags: Record<string, string>
  /** What became of its due times, newest first, as many as `ticks` asks for. Absent in the stream. */
  ticks?: ScheduleTickJson[]
}

export interface ScheduleTickJson {
  due_at: string
  /** When it was written down. */
  fired_at: string
  /** Seconds from one to the other; 0 for a run by hand. */
  lateness: number
  outcome: 'ran' | 'late' | 'missed' | 'manual' | 'invalid' | 'skipped_overlap'
  task_id: string | null
}

/** What became of several schedules: `done` and `skipped` count. */
export interface ScheduleBulkJson {
  done: number
  skipped: number
  results: {
    id: string
    /** With `run`. */
    task_id: string | null
    /** Why it was skipped; null when it was not. */
    reason: string | null
  }[]
}
