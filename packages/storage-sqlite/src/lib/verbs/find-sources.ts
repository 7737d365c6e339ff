import type { TaskFilter, TaskSort } from '@taskflow/core'
import { type SQL, sql } from 'drizzle-orm'
import { FINAL_STATES, finalState } from '../codes.ts'
import { defineTables, type Tables } from '../schema.ts'
import type { Session } from '../session.ts'
import { doneSources } from './done-sources.ts'
import { kindsIn, kindsNamed } from './filter-kinds.ts'
import { flowLabel, scheduleLabel, tagLabel } from './labels.ts'
import { liveSources } from './live-sources.ts'
import { sortKeys } from './sort.ts'
import { type Source, within } from './source.ts'
import { idBounds } from './time-range.ts'

/** What a filter asks for, in the terms of the tables. */
export interface Wanted {
  tables: Tables
  filter: TaskFilter
  now: number
  key: { live: SQL; done: SQL }
  /** Null for all. */
  kinds: ReadonlySet<number> | null
  finalStates: number[]
  /** Labels that a task must have; of each list one. */
  labels: string[][]
  /** Part of an id. */
  idText: string | null
  /** Bounds of ids that hold every match. */
  ids: { from: string | null; to: string | null }
}

const tablesByPrefix = new Map<string, Tables>()

/** Where the matches of a filter are read from. */
export function findSources(
  session: Session,
  filter: TaskFilter,
  sort: TaskSort,
  now: number,
): Source[] {
  const all = session.kinds.all()
  const wanted: Wanted = {
    tables: tablesOf(session.prefix),
    filter,
    now,
    key: { live: sql.raw(sortKeys[sort].live), done: sql.raw(sortKeys[sort].done) },
    kinds: kindsIn(all, filter),
    finalStates: finalStates(filter),
    labels: labelsIn(filter),
    idText: null,
    ids: idBounds(session, filter),
  }
  if (filter.search === undefined) return sources(session, wanted)
  // Tasks of the functions that are meant, and of the others those whose ids are.
  const text = filter.search.toLowerCase()
  const named = kindsNamed(all, text)
  const inKinds = (id: number) => wanted.kinds === null || wanted.kinds.has(id)
  const found = sources(session, { ...wanted, kinds: new Set([...named].filter(inKinds)) })
  // Ids are UUIDs: most searches cannot be part of one.
  if (!/^[0-9a-f-]+$/.test(text)) return found
  const others = new Set([...all.keys()].filter((id) => inKinds(id) && !named.has(id)))
  return [...found, ...sources(session, { ...wanted, kinds: others, idText: text })]
}

function sources(session: Session, wanted: Wanted): Source[] {
  if (wanted.kinds?.size === 0) return []
  return [...liveSources(session, wanted), ...doneSources(session, wanted)]
}

/** Conditions that both tables of tasks share. */
export function sharedConditions(
  session: Session,
  { filter, tables }: Wanted,
  table: Tables['live'] | Tables['done'],
  labels: string[][],
): SQL[] {
  const conditions: SQL[] = []
  const { instance, since, until } = filter
  if (instance !== undefined) {
    conditions.push(
      within(
        table.owner,
        instance.map((name) => session.owners.find(name) ?? -1),
      ),
    )
  }
  if (since !== undefined) conditions.push(sql`${table.created_at} >= ${since}`)
  if (until !== undefined) conditions.push(sql`${table.created_at} < ${until}`)
  for (const choices of labels) {
    const given = within(tables.labels.label, choices)
    conditions.push(
      sql`exists (select 1 from ${tables.labels} where ${given} and ${tables.labels.id} = ${table.id})`,
    )
  }
  return conditions
}

/** Final states that may match. */
function finalStates(filter: TaskFilter): number[] {
  const wanted = (names: readonly string[] | undefined) =>
    names === undefined ? undefined : new Set(names.map(finalState))
  const status = wanted(filter.status)
  const phase = wanted(filter.phase)
  return FINAL_STATES.filter((state) => (status?.has(state) ?? true) && (phase?.has(state) ?? true))
}

function labelsIn({ tags = [], flowId, scheduleId }: TaskFilter): string[][] {
  return [
    ...(flowId === undefined ? [] : [flowId.map(flowLabel)]),
    ...(scheduleId === undefined ? [] : [scheduleId.map(scheduleLabel)]),
    ...tags.map(({ key, value }) => [tagLabel(key, value)]),
  ]
}

function tablesOf(prefix: string): Tables {
  const tables = tablesByPrefix.get(prefix) ?? defineTables(prefix)
  tablesByPrefix.set(prefix, tables)
  return tables
}
