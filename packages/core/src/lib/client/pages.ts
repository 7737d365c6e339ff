import { nextCursor, parseTotal } from './query.ts'
import type { AuditEntryJson, LogEntryJson, TaskJson, TaskLogEntryJson } from './wire.ts'

/** One page of the task list. */
export interface TaskPage {
  tasks: TaskJson[]
  /** Cursor of the next page; null on the last. */
  next: string | null
  /** How many tasks match. At least this many unless `totalExact`. */
  total: number
  totalExact: boolean
  /** Position in the change stream: give it to `openStream` to continue without a gap. */
  cursor: string | null
  /** How many of the newest tasks were looked at or ordered; null when it is all of them. */
  window: number | null
}

/** One page of a task's log. */
export interface LogPage {
  entries: LogEntryJson[]
  /** Cursor of the next page; null on the last. */
  next: string | null
  total: number
  totalExact: boolean
}

/** One page of the logs of all tasks. It may be short, or empty, and have a next. */
export interface RecentLogPage {
  entries: TaskLogEntryJson[]
  next: string | null
}

/** One page of the audit. */
export interface AuditPage {
  entries: AuditEntryJson[]
  next: string | null
}

export async function taskPage(response: Response): Promise<TaskPage> {
  const tasks = (await response.json()) as TaskJson[]
  const window = response.headers.get('x-sort-window')
  return {
    tasks,
    ...totalsOf(response, tasks.length),
    cursor: response.headers.get('x-taskflow-cursor'),
    window: window === null ? null : Number(window),
  }
}

export async function logPage(response: Response): Promise<LogPage> {
  const entries = (await response.json()) as LogEntryJson[]
  return { entries, ...totalsOf(response, entries.length) }
}

export async function entriesPage<Entry>(
  response: Response,
): Promise<{ entries: Entry[]; next: string | null }> {
  const entries = (await response.json()) as Entry[]
  return { entries, next: nextCursor(response.headers.get('link')) }
}

function totalsOf(response: Response, count: number) {
  const next = nextCursor(response.headers.get('link'))
  const total = parseTotal(response.headers.get('x-total-count'))
  return { next, total: total?.total ?? count, totalExact: total?.exact ?? next === null }
}
