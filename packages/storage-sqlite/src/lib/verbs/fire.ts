import type { FireResult, NewTick } from '@taskflow/core'
import type { PackedInsert } from '../pack.ts'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'
import { insert } from './insert.ts'
import { type ScheduleRow, standing } from './schedules.ts'

/** A tick whose task is packed as that of an insert. */
export type PackedTick = Omit<NewTick, 'task'> & { task: PackedInsert | null }

export interface PackedFire {
  ticks: PackedTick[]
  now?: number | undefined
}

/** Writes ticks down and stores their tasks, in order. */
export function fire(session: Session, input: PackedFire, now: number): FireResult[] {
  return input.ticks.map((tick) => fireOne(session, tick, now))
}

function fireOne(session: Session, tick: PackedTick, now: number): FireResult {
  const { scheduleId, dueAt } = tick
  const schedule = standing(session, scheduleId)
  const isManual = tick.outcome === 'manual'
  if (schedule === undefined || (!isManual && isTaken(schedule, tick))) {
    return { scheduleId, dueAt, result: 'taken', taskId: null }
  }
  if (!isManual && hasRun(session, schedule, dueAt)) {
    session
      .sql('update {schedules} set next_run_at = ? where id = ?')
      .run(tick.nextRunAt, schedule.id)
    return { scheduleId, dueAt, result: 'taken', taskId: null }
  }
  const isInTheWay = tick.task !== null && !isManual && overlaps(session, schedule)
  const outcome = isInTheWay ? 'skipped_overlap' : tick.outcome
  const task = isInTheWay ? null : tick.task
  const taskId = task === null ? null : (insert(session, task, now)?.[0]?.taskId ?? task.first)
  session
    .sql(`update {schedules} set next_run_at = @next, paused = max(paused, @pause),
        last_run_at = case when @taskId is null then last_run_at else @now end,
        last_task = coalesce(@taskId, last_task) where id = @id`)
    .run({
      next: isManual && !isReached(schedule, tick) ? schedule.next_run_at : tick.nextRunAt,
      pause: tick.pause === true ? 1 : 0,
      taskId,
      now,
      id: schedule.id,
    })
  session
    .sql('insert into {ticks} (schedule, due_at, fired_at, outcome, task) values (?, ?, ?, ?, ?)')
    .run(toText(scheduleId), dueAt, now, outcome, taskId)
  return { scheduleId, dueAt, result: outcome, taskId }
}

function isTaken(schedule: ScheduleRow, tick: PackedTick): boolean {
  return (
    schedule.paused === 1 ||
    schedule.revision !== toText(tick.revision) ||
    schedule.next_run_at !== tick.dueAt
  )
}

/** Whether a tick has stored its task before. */
function hasRun(session: Session, { id }: ScheduleRow, dueAt: number): boolean {
  const ran = `task is not null and outcome <> 'manual'`
  return (
    session
      .sql(`select 1 from {ticks} where schedule = ? and due_at = ? and ${ran} limit 1`)
      .get(id, dueAt) !== undefined
  )
}

/** Whether a tick by hand comes when the schedule is due, and stands for it. */
function isReached(schedule: ScheduleRow, tick: PackedTick): boolean {
  const next = schedule.next_run_at
  return schedule.revision === toText(tick.revision) && next !== null && next <= tick.dueAt
}

/** Whether a live task of a schedule is in the way of the next. */
function overlaps(session: Session, { id, overlap }: ScheduleRow): boolean {
  if (overlap === 'allow') return false
  const waiting = overlap === 'queue' ? 'and state <> 3' : ''
  return (
    session.sql(`select 1 from {live} where meta ->> 'schedule' = ? ${waiting} limit 1`).get(id) !==
    undefined
  )
}
