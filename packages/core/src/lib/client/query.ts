import type { TaskPhase, TaskSource, TaskStatus } from '../record.ts'
import type { TaskSort } from '../storage/contract.ts'

/** Which tasks; every member may be left out, and all that are given must hold. */
export interface TaskFilterQuery {
  status?: readonly TaskStatus[]
  phase?: readonly TaskPhase[]
  func_name?: readonly string[]
  group?: readonly string[]
  executor?: readonly string[]
  source?: readonly TaskSource[]
  instance?: readonly string[]
  flow_id?: readonly string[]
  schedule_id?: readonly string[]
  /** `key:value` */
  tag?: readonly string[]
  /** Beginning or end of an id, or part of a function name. */
  search?: string
  /** Query language: see `parseQuery`. */
  q?: string
  /** `90m`, `6h`, `7d` or ISO 8601, on `created_at`. */
  since?: string
  until?: string
}

/** Filter, order and page of the task list; every member may be left out. */
export interface TaskQuery extends TaskFilterQuery {
  /** Records per page, at most 1000. [100] */
  limit?: number
  /** Where the page starts, from `next` of an earlier one. */
  cursor?: string
  sort?: TaskSort
  order?: 'asc' | 'desc'
  /** Log lines per record, 0–200. [0: without logs and stack traces] */
  logs?: number
}

/** Which lines of a log. */
interface LogFilterQuery {
  /** `stdout` and `stderr` have what `taskLog` wrote there, too: below level error, and of it. */
  stream?: 'log' | 'stdout' | 'stderr'
  /** This level and above. */
  level?: 'debug' | 'info' | 'warn' | 'error'
  /** Part of the text. */
  search?: string
  /** [500] */
  limit?: number
  /** Where the page starts, from `next` of an earlier one. */
  cursor?: string
}

/** Which part of a task's log to read. */
export interface LogQuery extends LogFilterQuery {
  /** First line, from 1. */
  from?: number
}

/** Which lines of all tasks' logs to read. */
export interface RecentLogQuery extends LogFilterQuery {
  func_name?: readonly string[]
  /** `90m`, `6h`, `7d` or ISO 8601, by when a line was written. */
  since?: string
  until?: string
}

/** Which part of the audit to read. */
export interface AuditQuery {
  action?: readonly string[]
  actor?: string
  task_id?: string
  since?: string
  until?: string
  /** [100] */
  limit?: number
  cursor?: string
}

/** How far back, and in what steps; `90m`, `6h`, `7d`. */
export interface SeriesQuery {
  func_name?: string
  /** [1h] */
  window?: string
  /** Whole minutes. [1m] */
  step?: string
}

/** `?a=1&a=2`, or an empty string; undefined and empty members are left out. */
export function toQueryString(query: object): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    const values: unknown[] = Array.isArray(value) ? value : [value]
    for (const one of values) {
      if (one !== undefined && one !== null && one !== '') params.append(name, String(one))
    }
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** The `cursor` of the `rel="next"` link in a `Link` header; null on the last page. */
export function nextCursor(link: string | null): string | null {
  for (const part of link?.split(/,(?=\s*<)/) ?? []) {
    const match = /^\s*<([^>]*)>(.*)$/.exec(part)
    if (!match?.[1] || !/;\s*rel="?next"?/i.test(match[2] ?? '')) continue
    // The link may be relative to anything: only its query matters.
    const query = match[1].split('?')[1]?.split('#')[0] ?? ''
    return new URLSearchParams(query).get('cursor')
  }
  return null
}

/** Reads `X-Total-Count`: `1234`, or `10000+` when counting stopped there. */
export function parseTotal(value: string | null): { total: number; exact: boolean } | null {
  const match = /^(\d+)(\+?)$/.exec(value?.trim() ?? '')
  return match ? { total: Number(match[1]), exact: match[2] === '' } : null
}
