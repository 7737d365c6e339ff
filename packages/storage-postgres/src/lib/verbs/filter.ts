import type { TaskFilter } from '@taskflow/core'
import { inArray, notInArray, type SQL, sql } from 'drizzle-orm'
import { texts } from '../arrays.ts'
import { BLOCKED, finalState, READY, RUNNING, SUCCESS } from '../codes.ts'
import type { Tables } from '../schema.ts'
import { toText } from '../text.ts'
import type { IdRange } from './id-ranges.ts'

/** Up to this many index ranges are read side by side; beyond it the order of ids is scanned. */
const MAX_RANGES = 16

type TaskTable = Tables['live'] | Tables['done']

/** Matches that one index holds in the order of ids. Those of a filter never overlap. */
export interface Range {
  table: TaskTable
  conditions: SQL[]
  /** Set for the successes of one function. No index holds them, but two hold all and the others. */
  successesOf?: string | undefined
}

/**
 * What matches a filter; `found` are the functions whose names its search matches, as stored. With a
 * search: the tasks of those functions, and of the others those whose ids match.
 */
export function rangesOf(
  tables: Tables,
  filter: TaskFilter,
  now: number,
  found: string[],
  ids: IdRange,
): Range[] {
  const funcs = filter.funcName === undefined ? undefined : encoded(filter.funcName)
  if (filter.search === undefined) return allRanges(tables, filter, now, funcs, ids, () => [])
  const named = funcs === undefined ? found : found.filter((func) => funcs.includes(func))
  const ranges = allRanges(tables, filter, now, named, ids, () => [])
  if (ids.isNone) return ranges
  const text = toText(filter.search.toLowerCase())
  const others = allRanges(tables, filter, now, funcs, ids, (table) => [
    ...(found.length > 0 ? [notInArray(table.func, found)] : []),
    idMatches(table, text, ids),
  ])
  return [...ranges, ...others]
}

/** Matches in both tables, of these functions (undefined: of all). */
function allRanges(
  tables: Tables,
  filter: TaskFilter,
  now: number,
  funcs: string[] | undefined,
  ids: IdRange,
  further: (table: TaskTable) => SQL[],
): Range[] {
  if (funcs?.length === 0) return []
  const { live, done } = tables
  const ranges: Range[] = []
  const states = liveConditions(live, filter, now)
  if (states !== null) {
    const conditions = [...states, ...sharedConditions(live, filter, ids), ...further(live)]
    if (funcs !== undefined) conditions.push(inArray(live.func, funcs))
    ranges.push({ table: live, conditions })
  }
  for (const range of doneRanges(done, finalStates(filter), funcs)) {
    const others = [...sharedConditions(done, filter, ids), ...further(done)]
    const conditions = [...range.conditions, ...others]
    const successesOf = others.length === 0 ? range.successesOf : undefined
    ranges.push({ table: done, conditions, successesOf })
  }
  return ranges
}

function idMatches({ id }: TaskTable, text: string, { isPrefix }: IdRange): SQL {
  // `~` sorts behind all that is in an id.
  if (isPrefix) return sql`(${id} >= ${text} and ${id} < ${`${text}~`})`
  const lower = sql`lower(${id})`
  return sql`(starts_with(${lower}, ${text}) or right(${lower}, ${text.length}) = ${text})`
}

/** Conditions on the state of live tasks; null when no live task can match. */
function liveConditions(live: Tables['live'], filter: TaskFilter, now: number): SQL[] | null {
  const conditions: SQL[] = []
  if (filter.status !== undefined) {
    const states = filter.status.flatMap((status) =>
      status === 'pending' ? [READY, BLOCKED] : status === 'running' ? [RUNNING] : [],
    )
    if (states.length === 0) return null
    conditions.push(inArray(live.state, states))
  }
  if (filter.phase !== undefined) {
    const ready = sql`${live.state} = ${READY}`
    const later = sql`${ready} and ${live.run_at} > ${now}`
    const phases = filter.phase.flatMap((phase): SQL[] => {
      switch (phase) {
        case 'queued':
          return [sql`(${ready} and ${live.run_at} <= ${now})`]
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

/** One range for each function and state, so that each is read in order from its index. */
function doneRanges(
  done: Tables['done'],
  states: number[],
  funcNames: string[] | undefined,
): Omit<Range, 'table'>[] {
  if (states.length === 0) return []
  const funcs = funcNames === undefined ? undefined : [...new Set(funcNames)]
  const all = states.length === 4
  if ((funcs?.length ?? 1) * (all ? 1 : states.length) > MAX_RANGES) {
    const byFunc = funcs === undefined ? [] : [inArray(done.func, funcs)]
    return [{ conditions: all ? byFunc : [...byFunc, inArray(done.state, states)] }]
  }
  const byState = all ? [null] : states
  if (funcs === undefined) return byState.map((state) => ({ conditions: isState(done, state) }))
  return funcs.flatMap((func) =>
    byState.map((state) => ({
      conditions: [sql`${done.func} = ${func}`, ...isState(done, state)],
      successesOf: state === SUCCESS ? func : undefined,
    })),
  )
}

/** The number is part of the text: the server uses a partial index only if it can read its condition. */
function isState({ state }: Tables['done'], value: number | null): SQL[] {
  if (value === null) return []
  const is = sql`${state} = ${sql.raw(String(value))}`
  return [value === SUCCESS ? is : sql`${is} and ${isBad(state)}`]
}

/** What the partial indexes of `done` hold. */
export const isBad = (state: Tables['done']['state']) =>
  sql`${state} <> ${sql.raw(String(SUCCESS))}`

function sharedConditions(table: TaskTable, filter: TaskFilter, ids: IdRange): SQL[] {
  const conditions: SQL[] = []
  const { taskIds, group, executor, source, instance, flowId, scheduleId } = filter
  const { tags, since, until } = filter
  // As one parameter: there may be more ids than a statement may have parameters.
  if (taskIds !== undefined) conditions.push(sql`${table.id} = any (${texts(taskIds)}::text[])`)
  if (group !== undefined) conditions.push(inArray(table.group_name, encoded(group)))
  if (executor !== undefined) conditions.push(inArray(table.executor, encoded(executor)))
  if (source !== undefined) conditions.push(inArray(table.source, source))
  if (instance !== undefined) conditions.push(inArray(table.instance, encoded(instance)))
  if (flowId !== undefined) conditions.push(inArray(table.flow_id, encoded(flowId)))
  if (scheduleId !== undefined) conditions.push(inArray(table.schedule_id, encoded(scheduleId)))
  // Instants of the table are whole; one that is not would be refused.
  if (since !== undefined) conditions.push(sql`${table.created_at} >= ${Math.ceil(since)}`)
  if (until !== undefined) conditions.push(sql`${table.created_at} < ${Math.ceil(until)}`)
  if (ids.from !== null) conditions.push(sql`${table.id} >= ${ids.from}`)
  if (ids.to !== null) conditions.push(sql`${table.id} < ${ids.to}`)
  for (const { key, value } of tags ?? []) {
    // Tags are one flat object whose quotes are escaped, so this text is that pair and no other.
    const pair = `${JSON.stringify(key)}:${JSON.stringify(value)}`
    // Cut at commas, the parts of the pair are among those of the tags: that is what is indexed.
    conditions.push(
      sql`(${table.tags} is not null
        and string_to_array(btrim(${table.tags}, '{}'), ',') @> string_to_array(${pair}, ',')
        and (strpos(${table.tags}, ${`{${pair}`}) > 0 or strpos(${table.tags}, ${`,${pair}`}) > 0))`,
    )
  }
  return conditions
}

/** `inArray` of nothing is no SQL; drizzle makes it `false`. */
function encoded(values: string[]): string[] {
  return values.map((value) => toText(value))
}
