import type { TaskStatus } from '../../record.ts'
import type { InstanceRecord } from '../../storage/contract.ts'
import type { OverlapPolicy } from '../../storage/parts.ts'
import type { ResolvedOptions } from '../options.ts'
import { declaredByOthers, type OwnSchedule } from './declarations.ts'
import type { Schedule, ScheduleSpec } from './definition.ts'
import type { MisfirePolicy } from './misfire.ts'
import { Timetable } from './timetable.ts'
import type { TriggerAlias } from './trigger.ts'
import { triggerText, triggerZone } from './trigger-text.ts'

/** `pending`: declared, but not stored by a started manager yet. */
export type ScheduleState = 'pending' | 'scheduled' | 'paused'

export const SCHEDULE_STATES: readonly ScheduleState[] = ['pending', 'scheduled', 'paused']

/** One schedule at one moment. Instants are epoch ms. */
export interface ScheduleRecord {
  scheduleId: string
  name: string
  funcName: string
  /** Null when no live instance can run the function. */
  executor: string | null
  /** Name of the storage. */
  storage: string
  trigger: TriggerAlias
  /** The trigger in words: `At 09:00, Monday through Friday`. */
  description: string
  /** Whose clocks count; null where none do. */
  timeZone: string | null
  state: ScheduleState
  /** Null while it is paused, when no run is left, and when no live instance declares it any more. */
  nextRunAt: number | null
  /** As many as were asked for, the next one included. */
  nextRuns: number[]
  /** When a run was stored last; null without any. */
  lastRunAt: number | null
  lastTaskId: string | null
  /** Status of that run; null when it was deleted. */
  lastStatus: TaskStatus | null
  misfire: MisfirePolicy
  overlap: OverlapPolicy
  jitterMs: number
  startAt: number | null
  endAt: number | null
  priority: number | null
  tags: Record<string, string>
}

/** What records are made from beside the schedule. */
export interface Surroundings {
  options: ResolvedOptions
  /** Live or not. */
  instances: readonly InstanceRecord[]
  upcoming: number
}

/** A schedule of the storage. `own`: this process declares it, and fires. */
export function storedRecord(
  { stored, spec, timetable }: Schedule,
  own: boolean,
  surroundings: Surroundings,
): ScheduleRecord {
  const { scheduleId, paused, lastRunAt, lastTaskId, lastStatus } = stored
  const { instances, upcoming } = surroundings
  const lives = !spec.declared || own || declaredByOthers(instances, scheduleId, '').length > 0
  const nextRunAt = paused || !lives ? null : stored.nextRunAt
  return {
    ...settings(scheduleId, spec, surroundings),
    state: paused ? 'paused' : 'scheduled',
    nextRunAt,
    nextRuns:
      nextRunAt === null || upcoming === 0
        ? []
        : [nextRunAt, ...timetable.upcoming(nextRunAt, upcoming - 1)],
    lastRunAt,
    lastTaskId,
    lastStatus,
  }
}

/** A schedule that is not stored yet. */
export function pendingRecord(own: OwnSchedule, surroundings: Surroundings): ScheduleRecord {
  const { scheduleId, spec, askedAt } = own
  const timing = { ...spec, anchor: spec.startAt ?? askedAt }
  const nextRuns = new Timetable(scheduleId, timing).upcoming(askedAt, surroundings.upcoming)
  return {
    ...settings(scheduleId, spec, surroundings),
    state: 'pending',
    nextRunAt: nextRuns[0] ?? null,
    nextRuns,
    lastRunAt: null,
    lastTaskId: null,
    lastStatus: null,
  }
}

function settings(scheduleId: string, spec: ScheduleSpec, { options, instances }: Surroundings) {
  const { funcName, trigger, misfire, overlap, jitterMs, startAt, endAt, priority, tags } = spec
  const elsewhere = instances
    .filter(({ state }) => state !== 'stale')
    .flatMap(({ functions }) => functions)
    .find((info) => info.funcName === funcName)
  return {
    scheduleId,
    name: scheduleId,
    funcName,
    executor: options.tasks.get(funcName)?.settings.executor ?? elsewhere?.executor ?? null,
    storage: options.storage.name,
    trigger: trigger.type,
    description: triggerText(trigger),
    timeZone: triggerZone(trigger),
    misfire,
    overlap,
    jitterMs,
    startAt,
    endAt,
    priority,
    tags,
  }
}
