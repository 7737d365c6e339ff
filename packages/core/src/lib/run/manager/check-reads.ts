import { LAST_INSTANT } from '../../clock.ts'
import { TaskflowError } from '../../errors.ts'
import { checkOptionNames, type OptionNames } from '../../option-names.ts'
import { LOG_LEVELS, LOG_STREAMS, TASK_PHASES, TASK_SOURCES, TASK_STATUSES } from '../../record.ts'
import {
  type ListInput,
  type LogQuery,
  type MetricsQuery,
  TASK_SORTS,
  type TaskFilter,
} from '../../storage/contract.ts'
import type { SeriesQuery } from '../../storage/parts.ts'

/*
 * What code without types may give to the calls that read: each is refused in one sentence, before
 * a storage sees it, so that all storages refuse the same.
 */

const LIST: OptionNames<ListInput> = {
  filter: true,
  sort: true,
  order: true,
  limit: true,
  cursor: true,
  now: true,
}
const FILTER: OptionNames<TaskFilter> = {
  taskIds: true,
  status: true,
  phase: true,
  funcName: true,
  group: true,
  executor: true,
  source: true,
  instance: true,
  flowId: true,
  scheduleId: true,
  tags: true,
  search: true,
  since: true,
  until: true,
}
const TICKS: OptionNames<{ limit: number; cursor: string }> = { limit: true, cursor: true }

const LOGS: OptionNames<LogQuery> = {
  taskId: true,
  from: true,
  limit: true,
  stream: true,
  level: true,
  search: true,
}
const METRICS: OptionNames<MetricsQuery> = { funcName: true, since: true }
const SERIES: OptionNames<SeriesQuery> = { funcName: true, since: true, until: true, stepMs: true }

const LISTS = [
  'taskIds',
  'funcName',
  'group',
  'executor',
  'instance',
  'flowId',
  'scheduleId',
] as const
const WORDS = { status: TASK_STATUSES, phase: TASK_PHASES, source: TASK_SOURCES } as const

export function checkList(input: Partial<ListInput>): void {
  checkOptionNames(input, LIST, { where: 'list' })
  const { filter = {}, sort, order, limit, cursor } = input
  check(sort === undefined || TASK_SORTS.includes(sort), 'list: sort', oneOf(TASK_SORTS), sort)
  const orders = [undefined, 'asc', 'desc']
  check(orders.includes(order), 'list: order', "'asc' or 'desc'", order)
  check(limit === undefined || isWhole(limit), 'list: limit', WHOLE, limit)
  check(isText(cursor), 'list: cursor', '`next` of an earlier page', cursor)
  checkFilter(filter)
}

function checkFilter(filter: TaskFilter): void {
  checkOptionNames(filter, FILTER, { where: 'list: filter' })
  for (const name of LISTS) {
    const ok = filter[name] === undefined || isTexts(filter[name])
    check(ok, `list: filter: ${name}`, 'an array of texts', filter[name])
  }
  for (const [name, words] of Object.entries(WORDS)) {
    const given: unknown = filter[name as keyof typeof WORDS]
    const ok = given === undefined || (isTexts(given) && given.every((one) => isOne(words, one)))
    check(ok, `list: filter: ${name}`, `an array of ${oneOf(words)}`, given)
  }
  const { tags, search, since, until } = filter
  const isTag = (tag: unknown) =>
    typeof tag === 'object' && tag !== null && 'key' in tag && 'value' in tag
  const fits = tags === undefined || (Array.isArray(tags) && tags.every(isTag))
  check(fits, 'list: filter: tags', 'an array of { key, value }', tags)
  check(isText(search), 'list: filter: search', 'text', search)
  check(isAnyInstant(since), 'list: filter: since', INSTANT, since)
  check(isAnyInstant(until), 'list: filter: until', INSTANT, until)
}

export function checkLogs(query: Partial<LogQuery>): void {
  checkOptionNames(query, LOGS, { where: 'logs' })
  const { taskId, from, limit, stream, level, search } = query
  check(typeof taskId === 'string', 'logs: taskId', 'the id of a task', taskId)
  check(from === undefined || isWhole(from), 'logs: from', WHOLE, from)
  check(limit === undefined || isWhole(limit), 'logs: limit', WHOLE, limit)
  const isStream = stream === undefined || isOne(LOG_STREAMS, stream)
  check(isStream, 'logs: stream', oneOf(LOG_STREAMS), stream)
  const isLevel = level === undefined || isOne(LOG_LEVELS, level)
  check(isLevel, 'logs: level', oneOf(LOG_LEVELS), level)
  check(isText(search), 'logs: search', 'text', search)
}

export function checkTicks(page: { limit?: number; cursor?: string }): void {
  checkOptionNames(page, TICKS, { where: 'scheduleTicks' })
  const { limit, cursor } = page
  check(limit === undefined || isWhole(limit), 'scheduleTicks: limit', WHOLE, limit)
  check(isText(cursor), 'scheduleTicks: cursor', 'what the page before gave as next', cursor)
}

export function checkMetrics(queries: readonly MetricsQuery[]): void {
  check(Array.isArray(queries), 'metricsOf', 'an array of queries', queries)
  for (const query of queries) {
    checkOptionNames(query, METRICS, { where: 'metrics' })
    check(isText(query.funcName), 'metrics: funcName', 'the name of a task', query.funcName)
    check(isAnyInstant(query.since), 'metrics: since', INSTANT, query.since)
  }
}

export function checkSeries(query: SeriesQuery): void {
  checkOptionNames(query, SERIES, { where: 'series' })
  const { funcName, since, until, stepMs } = query
  check(isText(funcName), 'series: funcName', 'the name of a task', funcName)
  check(isInstant(since), 'series: since', INSTANT, since)
  check(isInstant(until), 'series: until', INSTANT, until)
  const ok = Number.isFinite(stepMs) && stepMs > 0 && stepMs % 60_000 === 0
  check(ok, 'series: stepMs', 'milliseconds of whole minutes', stepMs)
}

/** How many runs to tell of. */
export function upcomingOf(where: string, options: { upcoming?: number }): number {
  checkOptionNames(options, { upcoming: true }, { where })
  const { upcoming = 1 } = options
  const ok = Number.isSafeInteger(upcoming) && upcoming >= 0
  check(ok, `${where}: upcoming`, 'a whole number of 0 or more', upcoming)
  return upcoming
}

/** @throws TaskflowError `invalid_input` for what is no id: a whole ref, an index. */
export function checkId(where: string, taskId: unknown): void {
  check(typeof taskId === 'string', where, 'the id of a task', taskId)
}

export function checkIds(where: string, taskIds: unknown): void {
  check(isTexts(taskIds), where, 'an array of ids', taskIds)
}

const WHOLE = 'a whole number of 1 or more'
const INSTANT = 'epoch milliseconds'

const isText = (value: unknown) => value === undefined || typeof value === 'string'
const isInstant = (value: unknown) => typeof value === 'number' && Math.abs(value) <= LAST_INSTANT
const isAnyInstant = (value: unknown) => value === undefined || isInstant(value)
const isWhole = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 1
const isOne = (words: readonly string[], value: string) => words.includes(value)
const oneOf = (words: readonly string[]) => `one of ${words.join(', ')}`

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function check(ok: boolean, where: string, expected: string, got: unknown): void {
  if (ok) return
  throw new TaskflowError('invalid_input', `${where}: expected ${expected}, got ${shown(got)}`)
}

/** Not more of what was given than its kind, or a short word. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100))
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
