import type {
  TaskFilterQuery,
  TaskJson,
  TaskPhase,
  TaskQuery,
  TaskSort,
  TaskStatus,
} from '@taskflow/core/client'
import { formatLength } from '../format/duration.ts'
import type { StatusName } from '../format/phase.ts'
import { t } from '../messages/messages.ts'
import { matchesQuery, readQuery } from './query.ts'

/** What a list of runs is narrowed to. Empty members do not narrow. */
export interface RunFilter {
  /** Statuses and phases; a run matches when it has one of them. */
  status: readonly StatusName[]
  func: string
  /** Length of the window that ends now, e.g. `6h`. */
  since: string
  /** Query language, e.g. `duration:>5s -source:scheduled mail`. */
  q: string
}

/** How a list of runs is ordered. */
export interface RunSort {
  by: TaskSort
  order: 'asc' | 'desc'
}

export const NO_FILTER: RunFilter = { status: [], func: '', since: '', q: '' }
export const NEWEST_FIRST: RunSort = { by: 'created_at', order: 'desc' }

/** Windows people can choose; empty is all time. */
export const TIME_RANGES = ['', '1h', '6h', '24h', '7d'] as const

/** {@link TIME_RANGES} with what they are called, and `other` if it is none of them. */
export function timeRanges(other = ''): { value: string; label: string }[] {
  const known: readonly string[] = TIME_RANGES
  return (known.includes(other) ? known : [...known, other]).map((value) => {
    const ms = windowMs(value)
    return {
      value,
      label: ms === null ? t('All time') : t('Last {time}', { time: formatLength(ms / 1000) }),
    }
  })
}

const PENDING_PHASES: readonly TaskPhase[] = ['queued', 'scheduled', 'blocked', 'retrying']
const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** True when the filter lets everything through. */
export function isEmptyFilter(filter: RunFilter): boolean {
  return filter.status.length === 0 && !filter.func && !filter.since && !filter.q.trim()
}

/**
 * Whether a run belongs to a list, decided as the server decides: needed for the runs that arrive
 * by the stream, which is shared by all lists and therefore unfiltered.
 */
export function matchesFilter(task: TaskJson, filter: RunFilter, now: number): boolean {
  if (filter.status.length > 0 && !phasesOf(filter.status).includes(task.phase)) return false
  if (filter.func && task.func_name !== filter.func) return false
  const window = windowMs(filter.since)
  if (window !== null && Date.parse(task.created_at) < now - window) return false
  return matchesQuery(filter.q, task, now)
}

/** Statuses and phases as phases, `pending` spelled out. */
export function phasesOf(names: readonly StatusName[]): TaskPhase[] {
  return names.flatMap((name) => (name === 'pending' ? PENDING_PHASES : [name]))
}

/** `6h` in milliseconds; null for no or an unknown window. */
export function windowMs(since: string): number | null {
  const match = /^(\d+)([mhd])$/.exec(since)
  const unit = UNIT_MS[match?.[2] ?? '']
  return match && unit ? Number(match[1]) * unit : null
}

/** The query that asks the server for the first page of a list. */
export function toTaskQuery(filter: RunFilter, sort: RunSort, limit: number): TaskQuery {
  return {
    limit,
    ...toFilterQuery(filter),
    ...(isNewestFirst(sort) ? {} : { sort: sort.by, order: sort.order }),
  }
}

/** The filter alone, as bulk actions and exports take it. */
export function toFilterQuery(filter: RunFilter): TaskFilterQuery {
  const q = filter.q.trim()
  const plain = filter.status.every(isStatus)
  return {
    ...(filter.status.length > 0 &&
      (plain
        ? { status: filter.status as readonly TaskStatus[] }
        : { phase: phasesOf(filter.status) })),
    ...(filter.func && { func_name: [filter.func] }),
    ...(filter.since && { since: filter.since }),
    ...(q && { q }),
  }
}

/** Why the filter cannot be asked for: what is wrong with its query; null when nothing is. */
export function filterProblem(filter: RunFilter): string | null {
  return readQuery(filter.q).problem?.message ?? null
}

/** True for the order in which new runs appear at the top. */
export function isNewestFirst(sort: RunSort): boolean {
  return sort.by === 'created_at' && sort.order === 'desc'
}

function isStatus(name: StatusName): boolean {
  return !['queued', 'scheduled', 'blocked', 'retrying'].includes(name)
}
