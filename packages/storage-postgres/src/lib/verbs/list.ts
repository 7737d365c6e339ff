import type { ListInput, ListResult, TaskSort } from '@taskflow/core'
import { type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { texts } from '../arrays.ts'
import { type Big, SUMMARY_COLUMNS, type SummaryRow, toSummary } from '../rows.ts'
import type { Parameter, Runner } from '../runner.ts'
import { defineTables, type Tables } from '../schema.ts'
import { CLOCK } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'
import { parseCursor } from './cursor.ts'
import { isBad, type Range, rangesOf } from './filter.ts'
import { idRange } from './id-ranges.ts'

/** How many matches are counted, and how many are put in an order other than that of ids. */
const WINDOW = 10_000

const dialect = new PgDialect()

export async function list(store: Store, input: ListInput): Promise<ListResult> {
  const { sort = 'created_at', cursor } = input
  const after = cursor === undefined ? null : parseCursor<Position>(cursor, isPositionOf(sort))
  return store.look(async (runner) => {
    const [found, ids, now] = await Promise.all([
      functionsLike(runner, input.filter.search),
      idRange(runner, input.filter),
      input.now ?? clockOf(runner),
    ])
    const tables = defineTables(store.options.schema)
    const ranges = rangesOf(tables, input.filter, now, found, ids)
    if (ranges.length === 0) return { tasks: [], next: null, total: 0, totalExact: true }
    const [page, total] = await Promise.all([
      pageOf(runner, tables, ranges, input, after),
      count(runner, ranges),
    ])
    return {
      tasks: page.rows.map((row) => toSummary(row, now)),
      next: page.next === null ? null : JSON.stringify(page.next),
      total: Math.min(total, WINDOW),
      totalExact: total <= WINDOW,
    }
  })
}

/** What a sort compares, and the id for equal ones. */
type Position = [value: string | number | null, id: string]

interface Page {
  rows: SummaryRow[]
  next: Position | null
}

interface KeyRow {
  id: string
  key: string | null
}

async function pageOf(
  runner: Runner,
  tables: Tables,
  ranges: Range[],
  input: ListInput,
  after: Position | null,
): Promise<Page> {
  const { sort = 'created_at', limit } = input
  const descending = input.order !== 'asc'
  if (sort === 'created_at') {
    const found = await run<SummaryRow>(runner, byId(tables, ranges, after, descending, limit + 1))
    const rows = found.slice(0, limit)
    const last = rows.at(-1)
    const id = last === undefined ? '' : fromText(last.id)
    return { rows, next: last && found.length > limit ? [id, id] : null }
  }
  const keys = await run<KeyRow>(runner, byKey(ranges, sort, after, descending, limit + 1))
  const page = keys.slice(0, limit)
  const rows = await rowsById(
    runner,
    page.map(({ id }) => id),
  )
  const last = page.at(-1)
  return {
    rows,
    next: last && keys.length > limit ? [toKey(sort, last.key), fromText(last.id)] : null,
  }
}

/** Each range in order, and the first of all of them, in one statement: nothing moves in between. */
function byId(
  tables: Tables,
  ranges: Range[],
  after: Position | null,
  descending: boolean,
  limit: number,
): SQL {
  const direction = sql.raw(descending ? 'desc' : 'asc')
  const parts = ranges.map(({ table, conditions }) => {
    const id = toText(after?.[1])
    const position = id === null ? [] : [sql`${table.id} ${sql.raw(descending ? '<' : '>')} ${id}`]
    return sql`(select ${summaryColumns(tables, table)} from ${table} ${where([...conditions, ...position])}
      order by ${table.id} ${direction} limit ${limit})`
  })
  return sql`select * from (${sql.join(parts, sql` union all `)}) as matches
    order by id ${direction} limit ${limit}`
}

/** The newest matches by another key; those without one last in either direction. */
function byKey(
  ranges: Range[],
  sort: Exclude<TaskSort, 'created_at'>,
  after: Position | null,
  descending: boolean,
  limit: number,
): SQL {
  const direction = sql.raw(descending ? 'desc' : 'asc')
  const beyond = sql.raw(descending ? '<' : '>')
  const parts = ranges.map(
    ({ table, conditions }) =>
      sql`(select ${table.id} as id, ${keyOf(table, sort)} as key from ${table} ${where(conditions)}
        order by ${table.id} desc limit ${WINDOW})`,
  )
  const newest = sql`select * from (${sql.join(parts, sql` union all `)}) as matches
    order by id desc limit ${WINDOW}`
  const position = []
  if (after !== null) {
    const [value] = after
    const id = sql`${toText(after[1])}`
    const key = sql`${typeof value === 'string' ? toText(value) : value}::${keyType(sort)}`
    position.push(
      value === null
        ? sql`key is null and id ${beyond} ${id}`
        : sql`(key is null or key ${beyond} ${key} or key = ${key} and id ${beyond} ${id})`,
    )
  }
  return sql`select id, key::text as key from (${newest}) as newest ${where(position)}
    order by newest.key ${direction} nulls last, id ${direction} limit ${limit}`
}

function keyOf(table: Range['table'], sort: Exclude<TaskSort, 'created_at'>): SQL {
  const ended = 'ended_at' in table ? sql`${table.ended_at}` : sql`null::bigint`
  switch (sort) {
    case 'func_name':
      return sql`${table.func}`
    case 'status':
      return sql`case ${table.state} when 3 then 'running' when 10 then 'success' when 11 then 'failed'
        when 12 then 'cancelled' when 13 then 'interrupted' else 'pending' end collate "C"`
    case 'duration':
      return sql`${ended} - ${table.started_at}`
    case 'retries_used':
      return sql`greatest(${table.attempts_made} - 1, 0)::bigint`
    case 'priority':
      return sql`${table.priority}::bigint`
    case 'start_time':
      return sql`${table.started_at}`
    case 'end_time':
      return ended
  }
}

function isTextKey(sort: TaskSort): boolean {
  return sort === 'func_name' || sort === 'status'
}

const keyType = (sort: TaskSort) => sql.raw(isTextKey(sort) ? 'text' : 'bigint')

function toKey(sort: TaskSort, key: string | null): string | number | null {
  if (key === null) return null
  return isTextKey(sort) ? fromText(key) : Number(key)
}

async function count(runner: Runner, ranges: Range[]): Promise<number> {
  const parts = ranges.map((range) =>
    range.successesOf === undefined || !('ended_at' in range.table)
      ? matches(range)
      : successes(range.table, range.successesOf, matches(range)),
  )
  const each = sql.join(parts, sql` union all `)
  const [row] = await run<{ n: number }>(
    runner,
    sql`select count(*)::int as n from (select 1 from (${each}) as matches limit ${WINDOW + 1}) as counted`,
  )
  return row?.n ?? 0
}

function matches({ table, conditions }: Range): SQL {
  return sql`(select 1 from ${table} ${where(conditions)} limit ${WINDOW + 1})`
}

/**
 * All ends of a function less the others, by indexes alone: to look at 10 000 rows for their state took
 * 20 ms. Where too many ended otherwise, `each` is looked at.
 */
function successes(done: Tables['done'], func: string, each: SQL): SQL {
  const isFunc = sql`${done.func} = ${func}`
  const others = sql`select 1 from ${done} where ${isFunc} and ${isBad(done.state)} limit ${WINDOW + 1}`
  const all = sql`select 1 from ${done} where ${isFunc} limit ${WINDOW + 1} + others.n`
  return sql`(select 1 from (select count(*) as n from (${others}) as others) as others
    cross join lateral generate_series(1, case when others.n > ${WINDOW}
      then (select count(*) from ${each} as each)
      else (select count(*) from (${all}) as ends) - others.n end))`
}

/** Tasks by id in this order, wherever they are by now. */
async function rowsById(runner: Runner, ids: string[]): Promise<SummaryRow[]> {
  const columns = SUMMARY_COLUMNS.join(', ')
  const blockedBy = `case when l.state = 1 then (select json_agg(e.parent order by e.n)::text
    from {edges} as e where e.child = l.id and e.open = 1) end as blocked_by`
  return runner.run<SummaryRow>(
    `select t.* from unnest($1::text[]) with ordinality as x (id, n) cross join lateral (
        select ${columns}, ${blockedBy}, null::bigint as ended_at, null::int as attempt,
          null as outcome from {live} as l where l.id = x.id
        union all select ${columns}, null, ended_at, attempt, outcome from {done} where id = x.id) as t
      order by x.n`,
    [texts(ids.map((id) => fromText(id)))],
  )
}

function summaryColumns({ edges }: Tables, table: Range['table']): SQL {
  const columns = SUMMARY_COLUMNS.map((name) => sql`${table[name]}`)
  if ('ended_at' in table) {
    columns.push(sql`null::text as blocked_by`)
    columns.push(sql`${table.ended_at}`, sql`${table.attempt}`, sql`${table.outcome}`)
  } else {
    const waitsFor = sql`select json_agg(${edges.parent} order by ${edges.n})::text from ${edges}
      where ${edges.child} = ${table.id} and ${edges.open} = 1`
    columns.push(sql`case when ${table.state} = 1 then (${waitsFor}) end as blocked_by`)
    columns.push(
      sql`null::bigint as ended_at`,
      sql`null::int as attempt`,
      sql`null::text as outcome`,
    )
  }
  return sql.join(columns, sql`, `)
}

function where(conditions: SQL[]): SQL {
  return conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
}

/** All functions of any task here whose name holds the text, whatever its case; as stored. */
async function functionsLike(runner: Runner, search: string | undefined): Promise<string[]> {
  if (search === undefined) return []
  // Each distinct name costs one look into an index.
  const rows = await runner.run<{ func: string }>(
    `with recursive
      live_names (func) as (
        select min(func) from {live}
        union all select (select min(l.func) from {live} as l where l.func > n.func)
          from live_names as n where n.func is not null),
      done_names (func) as (
        select min(func) from {done}
        union all select (select min(d.func) from {done} as d where d.func > n.func)
          from done_names as n where n.func is not null)
      select func from live_names where func is not null
      union select func from done_names where func is not null`,
  )
  const text = search.toLowerCase()
  return rows.flatMap(({ func }) => (fromText(func).toLowerCase().includes(text) ? [func] : []))
}

async function clockOf(runner: Runner): Promise<number> {
  const [row] = await runner.run<{ now: Big }>(`select ${CLOCK} as now`)
  return Number(row?.now)
}

function run<Result extends object>(runner: Runner, query: SQL): Promise<Result[]> {
  const { sql: text, params } = dialect.sqlToQuery(query)
  return runner.run<Result>(text, params as Parameter[])
}

/** Whether a position is one in this order: of another, Postgres would not take the value. */
function isPositionOf(sort: TaskSort) {
  const isText = sort === 'created_at' || isTextKey(sort)
  return ([value, id]: unknown[]): boolean =>
    typeof id === 'string' &&
    (isText ? typeof value === 'string' : value === null || Number.isSafeInteger(value))
}
