import { TaskflowError } from '../../errors.ts'
import type { OverlapPolicy, StoredSchedule } from '../../storage/parts.ts'
import type { MisfirePolicy } from './misfire.ts'
import { Timetable } from './timetable.ts'
import type { StoredTrigger } from './trigger.ts'

/** What a schedule was asked to be. Two that say the same have the same revision. */
export interface ScheduleSpec {
  funcName: string
  trigger: StoredTrigger
  /** JSON text, encrypted where the manager encrypts. */
  payload: string
  startAt: number | null
  endAt: number | null
  jitterMs: number
  misfire: MisfirePolicy
  overlap: OverlapPolicy
  runOnStart: boolean
  priority: number | null
  tags: Record<string, string>
  /** It lasts as long as live instances declare it; else until it is removed. */
  declared: boolean
}

/** What `ScheduleDefinition.definition` holds, as JSON. */
export interface StoredSpec extends ScheduleSpec {
  /** Intervals lie on `anchor + k * everyMs`: kept over all definitions, so that no deploy delays a tick. */
  anchor: number
  /** Revisions this schedule has had, the one first seen last at the end. */
  revisions: string[]
}

/** More than deploys that live at one time. */
const MAX_REVISIONS = 20

/** A schedule out of the storage, ready to be worked with. */
export interface Schedule {
  stored: StoredSchedule
  spec: StoredSpec
  timetable: Timetable
}

/** Reads a stored schedule. @throws TaskflowError `internal` for what a newer version wrote. */
export function readSchedule(stored: StoredSchedule): Schedule {
  try {
    const spec = JSON.parse(stored.definition) as StoredSpec
    return { stored, spec, timetable: new Timetable(stored.scheduleId, spec) }
  } catch (cause) {
    const message = `schedule ${stored.scheduleId}: its definition cannot be read`
    throw new TaskflowError('internal', message, { cause })
  }
}

/**
 * When a schedule goes on that makes up for nothing: with the first tick that starts after now, even
 * if it was planned for before. Null when none is left.
 */
export function nextStart(schedule: Schedule, now: number): number | null {
  return waitingTick(schedule, now) ?? schedule.timetable.next(now)
}

/** The tick that was planned for before now, and has only its start to wait for; null without one. */
export function waitingTick({ stored, timetable }: Schedule, now: number): number | null {
  const { nextRunAt } = stored
  if (nextRunAt === null) return null
  if (nextRunAt <= now) return timetable.waiting(now)
  // An earlier definition may have planned it, with other jitter.
  const next = timetable.next(now)
  return next === null || nextRunAt < next ? nextRunAt : null
}

/** Whether no run may come any more. */
export function hasEnded({ endAt }: ScheduleSpec, now: number): boolean {
  return endAt !== null && endAt < now
}

/** What differs between specs that differ. */
export async function revisionOf(spec: ScheduleSpec): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(spec))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The spec to store, in the place of an earlier one. */
export function succeed(
  spec: ScheduleSpec,
  revision: string,
  earlier: StoredSpec | undefined,
  now: number,
): StoredSpec {
  const seen = earlier?.revisions ?? []
  const revisions = seen.includes(revision) ? seen : [...seen, revision].slice(-MAX_REVISIONS)
  return { ...spec, anchor: spec.startAt ?? earlier?.anchor ?? now, revisions }
}

/** Whether two specs are due at the same times. */
export function sameTimes(a: ScheduleSpec, b: ScheduleSpec): boolean {
  const times = ({ trigger, startAt, endAt, jitterMs }: ScheduleSpec) =>
    JSON.stringify([trigger, startAt, endAt, jitterMs])
  return times(a) === times(b)
}
