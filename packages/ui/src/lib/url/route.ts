import { isStatusName } from '../format/phase.ts'
import { type NEWEST_FIRST, NO_FILTER, type RunFilter, type RunSort } from '../store/filter.ts'

/** Pages of the dashboard. */
export type PageName = 'overview' | 'runs' | OtherPage

/** Where in the dashboard somebody is: everything a shared link brings back. */
export interface Route {
  page: PageName
  filter: RunFilter
  /** Null: as last chosen on this device. */
  sort: RunSort | null
  runId: string | null
  tab: string
  /** The run stands alone, not beside the list. */
  full?: boolean
  /** What is open on a page other than the runs: a task by name, a schedule, the run of a graph. */
  item?: string
  /** What a page other than the runs is narrowed to. */
  params?: Readonly<Record<string, string>>
  /** One-based page of the list; what a cursor cannot reach is read again from the start. */
  at?: number
}

/** The overview, nothing open, nothing filtered. */
export const HOME: Route = { page: 'overview', filter: NO_FILTER, sort: null, runId: null, tab: '' }

const OTHER_PAGES = [
  'tasks',
  'graph',
  'schedules',
  'dead-letters',
  'logs',
  'audit',
  'instances',
  'settings',
] as const
type OtherPage = (typeof OTHER_PAGES)[number]

const WITH_ITEM: readonly OtherPage[] = ['tasks', 'graph', 'schedules']

function isOtherPage(name: string | undefined): name is OtherPage {
  return OTHER_PAGES.some((page) => page === name)
}

const SORTS: readonly string[] = [
  'created_at',
  'func_name',
  'status',
  'duration',
  'retries_used',
  'priority',
  'start_time',
  'end_time',
]

/** Reads `/runs/<id>?status=failed&func=…`. Null when the path is none of the dashboard's. */
export function parseRoute(text: string): Route | null {
  const [path = '', query = ''] = text.split('?')
  const parts = path.split('/').filter(Boolean).map(decode)
  const params = new URLSearchParams(query)
  if (parts.length === 0) return HOME
  const name = parts[0] === 'system' ? 'instances' : parts[0]
  if (isOtherPage(name)) return parseOther(name, parts.slice(1), params)
  if ((parts[0] !== 'runs' && parts[0] !== 'task-runs') || parts.length > 2) return null
  const at = Number(params.get('page') ?? 1)
  return {
    page: 'runs',
    filter: {
      status: (params.get('status') ?? '').split(',').filter(isStatusName),
      func: params.get('func') ?? '',
      since: /^\d+[mhd]$/.test(params.get('since') ?? '') ? (params.get('since') ?? '') : '',
      q: params.get('q') ?? params.get('search') ?? '',
    },
    sort: parseSort(params.get('sort')),
    runId: parts[1] ?? null,
    tab: parts[1] ? (params.get('tab') ?? '') : '',
    ...(parts[1] && (params.get('view') === 'page' || parts[0] === 'task-runs')
      ? { full: true }
      : {}),
    ...(Number.isInteger(at) && at > 1 && { at }),
  }
}

/** Writes what {@link parseRoute} reads; defaults are left out. */
export function formatRoute(route: Route): string {
  if (route.page === 'overview') return '/'
  if (route.page !== 'runs') return formatOther(route.page, route.item, route.params)
  const params = new URLSearchParams()
  const { filter, sort } = route
  if (filter.status.length > 0) params.set('status', filter.status.join(','))
  if (filter.func) params.set('func', filter.func)
  if (filter.since) params.set('since', filter.since)
  if (filter.q) params.set('q', filter.q)
  if (sort) params.set('sort', `${sort.order === 'desc' ? '-' : ''}${sort.by}`)
  if (route.at && route.at > 1) params.set('page', String(route.at))
  if (route.runId && route.full) params.set('view', 'page')
  if (route.runId && route.tab) params.set('tab', route.tab)
  const query = params.toString().replaceAll('%2C', ',')
  const path = route.runId ? `/runs/${encodeURIComponent(route.runId)}` : '/runs'
  return query ? `${path}?${query}` : path
}

/** A page other than the runs. */
export function pageRoute(
  page: Exclude<PageName, 'runs'>,
  item?: string,
  params?: Record<string, string>,
): Route {
  return { ...HOME, page, ...(item && { item }), ...(params && { params }) }
}

/** One run, beside the list. */
export function runRoute(runId: string): Route {
  return { ...runsRoute(), runId }
}

function parseOther(page: OtherPage, rest: string[], query: URLSearchParams): Route | null {
  if (rest.length > (WITH_ITEM.includes(page) ? 1 : 0)) return null
  const params = Object.fromEntries(query)
  return pageRoute(page, rest[0], Object.keys(params).length > 0 ? params : undefined)
}

function formatOther(page: OtherPage, item = '', params: Readonly<Record<string, string>> = {}) {
  const kept = Object.entries(params).filter(([, value]) => value !== '')
  const query = new URLSearchParams(kept).toString()
  return `/${page}${item && `/${encodeURIComponent(item)}`}${query && `?${query}`}`
}

/** The runs page with some filters set. */
export function runsRoute(filter: Partial<RunFilter> = {}): Route {
  return { ...HOME, page: 'runs', filter: { ...NO_FILTER, ...filter } }
}

/** `-duration` for descending, `duration` for ascending; null for what is no order. */
export function parseSort(value: string | null): RunSort | null {
  if (!value) return null
  const descending = value.startsWith('-')
  const by = descending ? value.slice(1) : value
  if (!SORTS.includes(by)) return null
  return { by: by as typeof NEWEST_FIRST.by, order: descending ? 'desc' : 'asc' }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
