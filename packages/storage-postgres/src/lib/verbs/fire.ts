import type { FireResult, NewTick, ScheduleStorage, TickOutcome } from '@taskflow/core'
import { BLOCKED, READY } from '../codes.ts'
import type { Big } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { CLOCK } from '../sql.ts'
import type { Store } from '../store.ts'
import { toText } from '../text.ts'
import { insertWithin } from './insert.ts'
import { type LockedSchedule, lockSchedules, writeSchedules } from './schedules.ts'

export function fire(
  store: Store,
  input: Parameters<ScheduleStorage['fire']>[0],
): Promise<FireResult[]> {
  return store.transaction(async (runner) => {
    const ids = input.ticks.map(({ scheduleId }) => scheduleId)
    const schedules = await lockSchedules(runner, [...new Set(ids)])
    const [clock] = await runner.run<{ now: Big }>(`select coalesce($1::bigint, ${CLOCK}) as now`, [
      input.now ?? null,
    ])
    const now = Number(clock?.now)
    const results: FireResult[] = []
    // One after the other: the task of one tick may be in the way of the next.
    for (const tick of input.ticks) {
      const schedule = schedules.get(tick.scheduleId)
      results.push(await fireOne(store, runner, tick, schedule, now))
    }
    return results
  })
}

async function fireOne(
  store: Store,
  runner: Runner,
  tick: NewTick,
  schedule: LockedSchedule | undefined,
  now: number,
): Promise<FireResult> {
  const { scheduleId, dueAt, task } = tick
  const isManual = tick.outcome === 'manual'
  if (schedule === undefined || schedule.removed || (!isManual && isTaken(schedule, tick))) {
    return { scheduleId, dueAt, result: 'taken', taskId: null }
  }
  if (!isManual || isReached(schedule, tick)) schedule.next_run_at = tick.nextRunAt
  const isOver = !isManual && (await hasRun(runner, schedule, dueAt))
  if (tick.pause === true && !isOver) schedule.paused = true
  await writeSchedules(runner, [schedule])
  if (isOver) {
    return { scheduleId, dueAt, result: 'taken', taskId: null }
  }
  const overlaps = task !== null && !isManual && (await isInTheWay(runner, schedule))
  const outcome: TickOutcome = overlaps ? 'skipped_overlap' : tick.outcome
  const tasks = task === null || overlaps ? [] : [task]
  const [stored] = await insertWithin(store, runner, { tasks, now })
  const taskId = stored?.taskId ?? null
  if (taskId !== null) {
    await runner.run(
      'update {schedules} set last_run_at = $2::bigint, last_task_id = $3 where id = $1',
      [toText(scheduleId), now, toText(taskId)],
    )
  }
  await runner.run(
    `insert into {schedule_ticks} (schedule_id, due_at, fired_at, outcome, task_id)
      values ($1, $2::bigint, $3::bigint, $4, $5)`,
    [toText(scheduleId), dueAt, now, outcome, toText(taskId)],
  )
  return { scheduleId, dueAt, result: outcome, taskId }
}

function isTaken(schedule: LockedSchedule, tick: NewTick): boolean {
  return (
    schedule.paused || schedule.revision !== tick.revision || schedule.next_run_at !== tick.dueAt
  )
}

/** Whether a tick has stored its task before. */
async function hasRun(runner: Runner, { id }: LockedSchedule, dueAt: number): Promise<boolean> {
  const rows = await runner.run(
    `select 1 from {schedule_ticks} where schedule_id = $1 and due_at = $2::bigint
      and task_id is not null and outcome <> 'manual' limit 1`,
    [toText(id), dueAt],
  )
  return rows.length > 0
}

/** Whether a tick by hand comes when the schedule is due, and stands for it. */
function isReached(schedule: LockedSchedule, { revision, dueAt }: NewTick): boolean {
  const next = schedule.next_run_at
  return schedule.revision === revision && next !== null && next <= dueAt
}

/** Whether a live task of the schedule is in the way of the next. */
async function isInTheWay(runner: Runner, { id, overlap }: LockedSchedule): Promise<boolean> {
  if (overlap === 'allow') return false
  const pending = `and state in (${READY}, ${BLOCKED})`
  const rows = await runner.run(
    `select 1 from {live} where schedule_id = $1 ${overlap === 'skip' ? '' : pending} limit 1`,
    [toText(id)],
  )
  return rows.length > 0
}
