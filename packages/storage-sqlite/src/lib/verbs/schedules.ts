import type {
  ScheduleDefinition,
  ScheduleStorage,
  StoredSchedule,
  TaskStatus,
} from '@taskflow/core'
import { statusOf } from '../codes.ts'
import type { Session } from '../session.ts'
import { fromText, toText } from '../text.ts'
import { invalidCursor } from './cursor.ts'
import { statesOf } from './edges.ts'

type Input<Verb extends keyof ScheduleStorage> = Parameters<ScheduleStorage[Verb]>[0]
type Result<Verb extends keyof ScheduleStorage> = Awaited<ReturnType<ScheduleStorage[Verb]>>

export interface ScheduleRow {
  id: string
  func: string
  revision: string
  definition: string
  overlap: ScheduleDefinition['overlap']
  next_run_at: number | null
  paused: number
  removed: number
  created_at: number
  last_run_at: number | null
  last_task: string | null
}

export function declare(session: Session, input: Input<'declare'>, now: number): Result<'declare'> {
  return input.schedules.map((definition) => {
    const { scheduleId } = definition
    const stored = session.sql('select * from {schedules} where id = ?').get(toText(scheduleId)) as
      | ScheduleRow
      | undefined
    if (stored !== undefined && fromText(stored.revision) === definition.revision) {
      return { scheduleId, result: stored.removed === 1 ? 'removed' : 'kept' }
    }
    session
      .sql(`insert into {schedules} (id, func, revision, definition, overlap, next_run_at, paused,
          removed, created_at) values (?, ?, ?, ?, ?, ?, ?, 0, ?)
        on conflict (id) do update set func = excluded.func, revision = excluded.revision,
          definition = excluded.definition, overlap = excluded.overlap,
          next_run_at = excluded.next_run_at, paused = max(paused, excluded.paused), removed = 0`)
      .run(
        toText(scheduleId),
        definition.funcName,
        toText(definition.revision),
        toText(definition.definition),
        definition.overlap,
        definition.nextRunAt,
        definition.paused ? 1 : 0,
        now,
      )
    touchSchedules(session)
    return { scheduleId, result: stored === undefined ? 'added' : 'changed' }
  })
}

export function listSchedules(session: Session, input?: Input<'list'>): StoredSchedule[] {
  const ids = input?.scheduleIds
  const removed = input?.removed ? 1 : 0
  const rows = (
    ids === undefined
      ? session.sql('select * from {schedules} where removed = ? order by id').all(removed)
      : session
          .sql(`select * from {schedules} where removed = ?
            and id in (select value from json_each(?)) order by id`)
          .all(removed, JSON.stringify(ids.map((id) => toText(id))))
  ) as ScheduleRow[]
  const states = statesOf(
    session,
    rows.flatMap(({ last_task }) => last_task ?? []),
  )
  return rows.map((row) => ({
    scheduleId: fromText(row.id),
    funcName: row.func,
    revision: fromText(row.revision),
    definition: fromText(row.definition),
    overlap: row.overlap,
    nextRunAt: row.next_run_at,
    paused: row.paused === 1,
    createdAt: row.created_at,
    lastRunAt: row.last_run_at,
    lastTaskId: row.last_task,
    lastStatus: statusIn(states, row.last_task),
  }))
}

export function changeSchedules(session: Session, input: Input<'change'>): Result<'change'> {
  return input.changes.map(({ scheduleId, paused, nextRunAt, removed }) => {
    const stored = standing(session, scheduleId)
    if (stored === undefined) return { scheduleId, result: 'missing' }
    const isPaused = paused ?? stored.paused === 1
    const next = nextRunAt === undefined ? stored.next_run_at : nextRunAt
    const isSo = isPaused === (stored.paused === 1) && next === stored.next_run_at
    if (isSo && removed === undefined) return { scheduleId, result: 'refused' }
    session
      .sql('update {schedules} set paused = ?, next_run_at = ?, removed = ? where id = ?')
      .run(isPaused ? 1 : 0, next, removed === undefined ? 0 : 1, stored.id)
    touchSchedules(session)
    return { scheduleId, result: 'changed' }
  })
}

export function ticks(session: Session, input: Input<'ticks'>): Result<'ticks'> {
  const before = input.cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(input.cursor)
  if (!Number.isSafeInteger(before) || input.cursor === '') throw invalidCursor()
  const rows = session
    .sql(`select seq, due_at as dueAt, fired_at as firedAt, outcome, task as taskId from {ticks}
      where schedule = ? and seq < ? order by seq desc limit ?`)
    .all(toText(input.scheduleId), before, input.limit + 1) as (Result<'ticks'>['ticks'][number] & {
    seq: number
  })[]
  const page = rows.slice(0, input.limit)
  const last = page.at(-1)
  return {
    ticks: page.map(({ seq: _, ...tick }) => tick),
    next: last !== undefined && rows.length > input.limit ? String(last.seq) : null,
  }
}

/** A schedule that is not removed. */
export function standing(session: Session, scheduleId: string): ScheduleRow | undefined {
  return session
    .sql('select * from {schedules} where id = ? and removed = 0')
    .get(toText(scheduleId)) as ScheduleRow | undefined
}

/** Another text whenever schedules were declared or changed. */
export function schedulesVersion(session: Session): string {
  const value = session.sql(`select value from {meta} where name = 'schedules'`).pluck().get()
  return typeof value === 'string' ? value : '0'
}

function touchSchedules(session: Session): void {
  session
    .sql(`insert into {meta} (name, value) values ('schedules', '1')
      on conflict (name) do update set value = cast(value as integer) + 1`)
    .run()
}

function statusIn(states: Map<string, number>, taskId: string | null): TaskStatus | null {
  const state = taskId === null ? undefined : states.get(taskId)
  return state === undefined ? null : statusOf(state)
}
