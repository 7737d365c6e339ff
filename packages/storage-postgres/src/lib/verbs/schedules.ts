import type {
  OverlapPolicy,
  ScheduleDefinition,
  ScheduleStorage,
  StoredSchedule,
  TickRecord,
} from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { statusOf } from '../codes.ts'
import { type Big, numberOf } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { CLOCK } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'
import { badCursor } from './cursor.ts'

type DeclareInput = Parameters<ScheduleStorage['declare']>[0]
type DeclareResult = Awaited<ReturnType<ScheduleStorage['declare']>>
type ChangeInput = Parameters<ScheduleStorage['change']>[0]
type ChangeResults = Awaited<ReturnType<ScheduleStorage['change']>>

/** A schedule as this transaction has locked it. */
export interface LockedSchedule {
  id: string
  revision: string
  overlap: OverlapPolicy
  next_run_at: number | null
  paused: boolean
  removed: boolean
}

interface LockedRow {
  id: string
  revision: string
  overlap: string
  next_run_at: Big | null
  paused: number
  removed: number
}

/** Locks schedules in the order of their ids. */
export async function lockSchedules(
  runner: Runner,
  scheduleIds: string[],
): Promise<Map<string, LockedSchedule>> {
  const rows = await runner.run<LockedRow>(
    `select id, revision, overlap, next_run_at, paused, removed from {schedules}
      where id = any ($1::text[]) order by id for update`,
    [texts(scheduleIds)],
  )
  return new Map(
    rows.map((row) => {
      const id = fromText(row.id)
      const schedule: LockedSchedule = {
        id,
        revision: fromText(row.revision),
        overlap: row.overlap as OverlapPolicy,
        next_run_at: numberOf(row.next_run_at),
        paused: row.paused === 1,
        removed: row.removed === 1,
      }
      return [id, schedule]
    }),
  )
}

const WRITE = `insert into {schedules} as s (id, func, revision, definition, overlap, next_run_at,
    paused, created_at)
  select x.*, $8::bigint from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
    $6::bigint[], $7::smallint[])
    as x (id, func, revision, definition, overlap, next_run_at, paused)
  on conflict (id) do update set func = excluded.func, revision = excluded.revision,
    definition = excluded.definition, overlap = excluded.overlap,
    next_run_at = excluded.next_run_at, paused = excluded.paused, removed = 0`

export function declare(store: Store, input: DeclareInput): Promise<DeclareResult> {
  return store.transaction(async (runner) => {
    // Of instances that start at once, one after the other declares.
    await runner.run('select pg_advisory_xact_lock(hashtextextended($1, 7))', [
      `${store.epoch}:schedules`,
    ])
    const ids = input.schedules.map(({ scheduleId }) => scheduleId)
    const stored = await lockSchedules(runner, ids)
    const [clock] = await runner.run<{ now: Big }>(`select coalesce($1::bigint, ${CLOCK}) as now`, [
      input.now ?? null,
    ])
    const written = new Map<string, ScheduleDefinition>()
    const results = input.schedules.map((definition): DeclareResult[number] => {
      const { scheduleId, revision } = definition
      const old = stored.get(scheduleId)
      if (old?.revision === revision) {
        return { scheduleId, result: old.removed ? 'removed' : 'kept' }
      }
      const paused = definition.paused || (old?.paused ?? false)
      written.set(scheduleId, { ...definition, paused })
      const { overlap, nextRunAt } = definition
      stored.set(scheduleId, {
        id: scheduleId,
        revision,
        overlap,
        next_run_at: nextRunAt,
        paused,
        removed: false,
      })
      return { scheduleId, result: old === undefined ? 'added' : 'changed' }
    })
    const all = [...written.values()]
    if (all.length === 0) return results
    await runner.run(WRITE, [
      texts(all.map(({ scheduleId }) => scheduleId)),
      texts(all.map(({ funcName }) => funcName)),
      texts(all.map(({ revision }) => revision)),
      texts(all.map(({ definition }) => definition)),
      texts(all.map(({ overlap }) => overlap)),
      numbers(all.map(({ nextRunAt }) => nextRunAt)),
      numbers(all.map(({ paused }) => (paused ? 1 : 0))),
      Number(clock?.now),
    ])
    await nextVersion(runner)
    return results
  })
}

export function changeSchedules(store: Store, input: ChangeInput): Promise<ChangeResults> {
  return store.transaction(async (runner) => {
    const ids = input.changes.map(({ scheduleId }) => scheduleId)
    const stored = await lockSchedules(runner, ids)
    const changed = new Set<LockedSchedule>()
    const results = input.changes.map((change): ChangeResults[number] => {
      const { scheduleId } = change
      const schedule = stored.get(scheduleId)
      if (schedule === undefined || schedule.removed) return { scheduleId, result: 'missing' }
      const { paused = schedule.paused, nextRunAt = schedule.next_run_at } = change
      const isSo = paused === schedule.paused && nextRunAt === schedule.next_run_at
      if (isSo && change.removed !== true) return { scheduleId, result: 'refused' }
      schedule.paused = paused
      schedule.next_run_at = nextRunAt
      schedule.removed = change.removed === true
      changed.add(schedule)
      return { scheduleId, result: 'changed' }
    })
    if (changed.size === 0) return results
    await writeSchedules(runner, [...changed])
    await nextVersion(runner)
    return results
  })
}

/** Writes what may change of locked schedules. */
export async function writeSchedules(runner: Runner, schedules: LockedSchedule[]): Promise<void> {
  await runner.run(
    `with x as materialized (
        select x.*, s.at from unnest($1::text[], $2::bigint[], $3::smallint[], $4::smallint[])
          as x (id, next_run_at, paused, removed)
        cross join lateral (select ctid as at from {schedules} where id = x.id for update) as s)
      update {schedules} as s set next_run_at = x.next_run_at, paused = x.paused,
        removed = x.removed from x where s.ctid = x.at`,
    [
      texts(schedules.map(({ id }) => id)),
      numbers(schedules.map(({ next_run_at }) => next_run_at)),
      numbers(schedules.map(({ paused }) => (paused ? 1 : 0))),
      numbers(schedules.map(({ removed }) => (removed ? 1 : 0))),
    ],
  )
}

interface ScheduleRow {
  id: string
  func: string
  revision: string
  definition: string
  overlap: string
  next_run_at: Big | null
  paused: number
  created_at: Big
  last_run_at: Big | null
  last_task_id: string | null
  last_state: number | null
}

export async function listSchedules(
  store: Store,
  input: { scheduleIds?: string[] | undefined; removed?: boolean | undefined } = {},
): Promise<StoredSchedule[]> {
  const { scheduleIds, removed = false } = input
  const only = scheduleIds === undefined ? '' : 'and id = any ($2::text[])'
  const rows = await store.look((runner) =>
    runner.run<ScheduleRow>(
      `select s.*, coalesce((select state from {live} where id = s.last_task_id),
          (select state from {done} where id = s.last_task_id)) as last_state
        from {schedules} as s where removed = $1 ${only} order by id`,
      scheduleIds === undefined ? [removed ? 1 : 0] : [removed ? 1 : 0, texts(scheduleIds)],
    ),
  )
  return rows.map((row) => ({
    scheduleId: fromText(row.id),
    funcName: fromText(row.func),
    revision: fromText(row.revision),
    definition: fromText(row.definition),
    overlap: row.overlap as OverlapPolicy,
    nextRunAt: numberOf(row.next_run_at),
    paused: row.paused === 1,
    createdAt: Number(row.created_at),
    lastRunAt: numberOf(row.last_run_at),
    lastTaskId: fromText(row.last_task_id),
    lastStatus: row.last_state === null ? null : statusOf(row.last_state),
  }))
}

interface TickRow {
  n: Big
  due_at: Big
  fired_at: Big
  outcome: string
  task_id: string | null
}

export async function listTicks(
  store: Store,
  input: Parameters<ScheduleStorage['ticks']>[0],
): Promise<{ ticks: TickRecord[]; next: string | null }> {
  const { scheduleId, limit, cursor } = input
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw badCursor()
  const before = cursor === undefined ? null : Number(cursor)
  const rows = await store.look((runner) =>
    runner.run<TickRow>(
      `select * from {schedule_ticks} where schedule_id = $1 and n < coalesce($2::bigint, 9e18)
        order by n desc limit $3::int`,
      [toText(scheduleId), before, limit + 1],
    ),
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    ticks: page.map((row) => ({
      dueAt: Number(row.due_at),
      firedAt: Number(row.fired_at),
      outcome: row.outcome as TickRecord['outcome'],
      taskId: fromText(row.task_id),
    })),
    next: last && rows.length > limit ? String(last.n) : null,
  }
}

/** Says that schedules were declared or changed. */
async function nextVersion(runner: Runner): Promise<void> {
  await runner.run(
    `update {meta} set value = (value::bigint + 1)::text where name = 'schedulesVersion'`,
  )
}
