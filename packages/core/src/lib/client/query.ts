import type { TaskPhase, TaskSource, TaskStatus } from '../record.ts'
import type { TaskSort } from '../storage/contract.ts'

/** Filter, order and page of the task list; every member may be left out. */
export interface TaskQuery {
  /** Records per page, at most 1000. [100] */
  limit?: number
  /** Where the page starts, from `next` of an earlier one. */
  cursor?: string
  status?: readonly TaskStatus[]
  phase?: readonly TaskPhase[]
  func_name?: readonly string[]
  group?: readonly string[]
  executor?: readonly string[]
  source?: readonly TaskSource[]
  instance?: readonly string[]
  /** `key:value` */
  tag?: readonly string[]
  flow_id?: readonly string[]
  schedule_id?: readonly string[]
  /** Beginning or end of an id, or part of a function name. */
  search?: string
  /** `90m`, `6h`, `7d` or ISO 8601, on `created_at`. */
  since?: string
  until?: string
  sort?: TaskSort
  order?: 'asc' | 'desc'
  /** Log lines per record, 0–200. [0: without logs and stack traces] */
  logs?: number
}

/** Which part of a task's log to read. */
export interface LogQuery {
  stream?: 'log' | 'stdout' | 'stderr'
  /** This level and above. */
  level?: 'debug' | 'info' | 'warn' | 'error'
  search?: string
  /** First line, from 1. */
  from?: number
  cursor?: string
  /** [500] */
  limit?: number
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
