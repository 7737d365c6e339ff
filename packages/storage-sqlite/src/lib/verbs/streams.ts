import type { TaskFilter } from '@taskflow/core'
import { and, asc, desc, getTableColumns, gt, inArray, lt, type SQL, sql } from 'drizzle-orm'
import { BLOCKED, finalState, READY, RUNNING, SUCCESS } from '../codes.ts'
import { type Orm, ormOf } from '../orm.ts'
import type { SummaryRow } from '../rows.ts'
import type { Tables } from '../schema.ts'
import type { Store } from '../store.ts'
import { toText } from '../text.ts'
import type { KeyRow } from './sort.ts'

type TaskTable = Tables['live'] | Tables['done']

/** Up to this many index ranges are read side by side; beyond it the order of ids is scanned. */
const MAX_RANGES = 16

/** What ended since is read by time and sorted if it is no more than this. */
const MAX_RECENT = 20_000
/** A task ends after it was made, unless the clock was set back in between; by less than this. */
const CLOCK_SLACK_MS = 3_600_000

/** Matches that one index holds in the order of ids. Those of a filter never overlap. */
export interface Stream {
  summaries(direction: 1 | -1, after: string | null, limit: number): SummaryRow[]
  /** The newest matches, as far as sorting needs them. */
  keys(limit: number): KeyRow[]
  count(limit: number): number
}

/** What matches a filter. */
export function findStreams(store: Store, filter: TaskFilter, now: number): Stream[] {
  const orm = ormOf(store)
  const { live, done } = orm.tables
  const shared = (table: TaskTable) => sharedConditions(store, table, filter)
  const streams: Stream[] = []
  const liveStates = liveCondition(live, filter, now)
  if (liveStates !== null) {
    const funcs = filter.funcName === undefined ? [] : [inArray(live.func, filter.funcName)]
    streams.push(streamOf(orm, live, [...liveStates, ...funcs, ...shared(live)]))
  }
  const states = finalStates(filter)
  if (states.length === 0) return streams
  const recent = recentCondition(store, done, filter.since)
  for (const range of doneRanges(done, states, filter.funcName)) {
    const byTime = recent !== null && range.length === 0
    const conditions = byTime ? [recent, ...shared(done)] : [...range, ...shared(done)]
    streams.push(streamOf(orm, done, conditions, byTime))
  }
  return streams
}

/** Conditions on the state of live tasks; null when no live task can match. */
function liveCondition(live: Tables['live'], filter: TaskFilter, now: number): SQL[] | null {
  const conditions: SQL[] = []
  if (filter.status !== undefined) {
    const states = filter.status.flatMap((status) =>
      status === 'pending' ? [READY, BLOCKED] : status === 'running' ? [RUNNING] : [],
    )
    if (states.length === 0) return null
    conditions.push(inArray(live.state, states))
  }
  if (filter.phase !== undefined) {
    const later = sql`${live.state} = ${READY} and ${live.run_at} > ${now}`
    const phases = filter.phase.flatMap((phase): SQL[] => {
      switch (phase) {
        case 'queued':
          return [sql`(${live.state} = ${READY} and ${live.run_at} <= ${now})`]
        case 'scheduled':
          return [sql`(${later} and ${live.attempts_made} = 0)`]
        case 'retrying':
          return [sql`(${later} and ${live.attempts_made} > 0)`]
        case 'blocked':
          return [sql`${live.state} = ${BLOCKED}`]
        case 'running':
          return [sql`${live.state} = ${RUNNING}`]
        default:
          return []
      }
    })
    if (phases.length === 0) return null
    conditions.push(sql`(${sql.join(phases, sql` or `)})`)
  }
  return conditions
}

/** Final states that may match. */
function finalStates(filter: TaskFilter): number[] {
  const wanted = (names: string[] | undefined) =>
    names === undefined ? undefined : new Set(names.map(finalState))
  const status = wanted(filter.status)
  const phase = wanted(filter.phase)
  const all = ['success', 'failed', 'cancelled', 'interrupted'].flatMap(
    (name) => finalState(name) ?? [],
  )
  return all.filter((state) => (status?.has(state) ?? true) && (phase?.has(state) ?? true))
}

/** A short range of ends that holds all that was made since; null when there is none. */
function recentCondition(
  store: Store,
  done: Tables['done'],
  since: number | undefined,
): SQL | null {
  if (since === undefined) return null
  const from = since - CLOCK_SLACK_MS
  const { n } = store
    .sql('select count(*) as n from (select 1 from {done} where ended_at >= ? limit ?)')
    .get(from, MAX_RECENT + 1) as { n: number }
  return n > MAX_RECENT ? null : sql`${done.ended_at} >= ${from}`
}

/** One range for each function and state, so that each is read in order from its index. */
function doneRanges(
  done: Tables['done'],
  states: number[],
  funcNames: string[] | undefined,
): SQL[][] {
  const funcs = funcNames === undefined ? undefined : [...new Set(funcNames)]
  const all = states.length === 4
  if ((funcs?.length ?? 1) * (all ? 1 : states.length) > MAX_RANGES) {
    const byFunc = funcs === undefined ? [] : [inArray(done.func, funcs)]
    return [all ? byFunc : [...byFunc, inArray(done.state, states)]]
  }
  // The number is part of the text: SQLite uses a partial index only if it can read its condition.
  const byState = all
    ? [[]]
    : states.map((state) =>
        state === SUCCESS
          ? [sql`${done.state} = ${sql.raw(String(SUCCESS))}`]
          : [sql`${done.state} = ${state} and ${done.state} <> ${sql.raw(String(SUCCESS))}`],
      )
  if (funcs === undefined) return byState
  return funcs.flatMap((func) => byState.map((state) => [sql`${done.func} = ${func}`, ...state]))
}

function sharedConditions(store: Store, table: TaskTable, filter: TaskFilter): SQL[] {
  const conditions: SQL[] = []
  const { taskIds, group, executor, source, instance, tags, search, since, until } = filter
  if (taskIds !== undefined) conditions.push(inArray(table.id, taskIds))
  if (group !== undefined)
    conditions.push(
      inArray(
        table.group_name,
        group.map((name) => toText(name)),
      ),
    )
  if (executor !== undefined) conditions.push(inArray(table.executor, executor))
  if (source !== undefined) conditions.push(inArray(table.source, source))
  if (instance !== undefined) conditions.push(inArray(table.instance, instance))
  if (since !== undefined) conditions.push(sql`${table.created_at} >= ${since}`)
  if (until !== undefined) conditions.push(sql`${table.created_at} < ${until}`)
  for (const { key, value } of tags ?? []) {
    // Tags are one flat object whose quotes are escaped, so this text is that pair and no other.
    const pair = `${JSON.stringify(key)}:${JSON.stringify(value)}`
    conditions.push(
      sql`(instr(${table.tags}, ${`{${pair}`}) > 0 or instr(${table.tags}, ${`,${pair}`}) > 0)`,
    )
  }
  if (search !== undefined) {
    const text = search.toLowerCase()
    const names = functionNames(store).filter((name) => name.toLowerCase().includes(text))
    const id = sql`lower(${table.id})`
    const startOrEnd = sql`(substr(${id}, 1, ${text.length}) = ${text} or substr(${id}, -${text.length}) = ${text})`
    conditions.push(sql`(${startOrEnd} or ${inArray(table.func, names)})`)
  }
  return conditions
}

/** All functions that any task here names. */
function functionNames(store: Store): string[] {
  return store
    .sql(`select func from {rollup} where span = 0 and at = 0 union select func from {live}`)
    .pluck()
    .all() as string[]
}

/** `sorted` keeps SQLite from reading all ids in order, where the conditions name a short range. */
function streamOf(orm: Orm, table: TaskTable, conditions: SQL[], sorted = false): Stream {
  // Both tables have the columns that lists read; drizzle's types cannot join them.
  const from = table as Tables['done']
  const key = sorted ? sql`+${from.id}` : sql`${from.id}`
  return {
    summaries: (direction, after, limit) => {
      const position = after === null ? [] : [direction === 1 ? gt(key, after) : lt(key, after)]
      return orm.db
        .select(summaryColumns(orm, table))
        .from(from)
        .where(and(...conditions, ...position))
        .orderBy(direction === 1 ? asc(key) : desc(key))
        .limit(limit)
        .all()
    },
    keys: (limit) =>
      orm.db
        .select({
          id: from.id,
          func: from.func,
          state: from.state,
          attempts_made: from.attempts_made,
          priority: from.priority,
          started_at: from.started_at,
          ended_at: table === orm.tables.done ? from.ended_at : sql<null>`null`,
        })
        .from(from)
        .where(and(...conditions))
        .orderBy(desc(key))
        .limit(limit)
        .all(),
    count: (limit) => {
      const some = orm.db
        .select({ one: sql`1`.as('one') })
        .from(from)
        .where(and(...conditions))
        .limit(limit)
        .as('some')
      return orm.db.select({ n: sql<number>`count(*)` }).from(some).get()?.n ?? 0
    },
  }
}

/** Tasks by id, wherever they are. */
export function rowsById(store: Store, ids: string[]): Map<string, SummaryRow> {
  const orm = ormOf(store)
  const { live, done } = orm.tables
  const rows = [live, done].flatMap((table) =>
    orm.db
      .select(summaryColumns(orm, table))
      .from(table as Tables['done'])
      .where(inArray(table.id, ids))
      .all(),
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** All columns but the large ones that lists do not show. */
function summaryColumns(orm: Orm, table: TaskTable) {
  const { payload: _payload, result: _result, ...done } = getTableColumns(orm.tables.done)
  if (table === orm.tables.done) return done
  const { payload: _live, ...live } = getTableColumns(orm.tables.live)
  const ended = sql<null>`null`
  return { ...live, ended_at: ended, attempt: ended, outcome: ended } as unknown as typeof done
}
