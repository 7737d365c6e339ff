import type { ScheduleJson, ScheduleTickJson } from '../client/wire.ts'
import type { ScheduleRecord } from '../run/schedules/schedule-record.ts'
import type { TickRecord } from '../storage/parts.ts'
import { isoInstant } from './serialize.ts'

const instant = (at: number | null) => (at === null ? null : isoInstant(at))

/** A schedule as it travels; `ticks` only where they were read. */
export function scheduleJson(
  schedule: ScheduleRecord,
  ticks?: readonly TickRecord[],
): ScheduleJson {
  return {
    id: schedule.scheduleId,
    name: schedule.name,
    func_name: schedule.funcName,
    executor: schedule.executor,
    storage: schedule.storage,
    trigger: schedule.trigger,
    description: schedule.description,
    time_zone: schedule.timeZone,
    state: schedule.state,
    next_run: instant(schedule.nextRunAt),
    next_runs: schedule.nextRuns.map(isoInstant),
    last_run: instant(schedule.lastRunAt),
    last_task_id: schedule.lastTaskId,
    last_status: schedule.lastStatus,
    misfire: schedule.misfire,
    overlap: schedule.overlap,
    jitter: schedule.jitterMs / 1000,
    start_at: instant(schedule.startAt),
    end_at: instant(schedule.endAt),
    priority: schedule.priority,
    tags: schedule.tags,
    ...(ticks && { ticks: ticks.map(tickJson) }),
  }
}

function tickJson({ dueAt, firedAt, outcome, taskId }: TickRecord): ScheduleTickJson {
  return {
    due_at: isoInstant(dueAt),
    fired_at: isoInstant(firedAt),
    // Nobody waited for one by hand.
    lateness: outcome === 'manual' ? 0 : Math.max(0, firedAt - dueAt) / 1000,
    outcome,
    task_id: taskId,
  }
}
