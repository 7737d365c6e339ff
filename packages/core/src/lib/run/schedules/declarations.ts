import type { InstanceRecord } from '../../storage/contract.ts'
import type { ScheduleDefinition, StoredSchedule } from '../../storage/parts.ts'
import {
  readSchedule,
  type Schedule,
  type ScheduleSpec,
  sameTimes,
  succeed,
  waitingTick,
} from './definition.ts'
import { Timetable } from './timetable.ts'

/** A schedule that this process asks for. */
export interface OwnSchedule {
  scheduleId: string
  revision: string
  spec: ScheduleSpec
  /** When it was asked for: a date that was ahead then is stored, though it may have passed. */
  askedAt: number
}

/** What there is of a schedule. */
interface Current {
  stored: StoredSchedule | undefined
  removed: StoredSchedule | undefined
  /** Revisions that other live instances declare. */
  others: readonly string[]
}

/**
 * Whether a definition takes the place of what is stored. Of the definitions that live instances
 * declare the one first seen last counts: a new one wins at once, and an old one that comes back
 * with a restart, or stays behind in a deploy, waits until nobody declares a newer one.
 */
export function takesOver(own: OwnSchedule, current: Current): boolean {
  const before = current.stored ?? current.removed
  if (!before) return true
  if (before.revision === own.revision) return false
  const seen = revisionsOf(before)
  const mine = seen.indexOf(own.revision)
  if (mine === -1) return true
  // An operator removed what came after it.
  if (!current.stored) return false
  return !current.others.some((revision) => seen.indexOf(revision) > mine)
}

/** Revisions of a schedule that other instances declare and may fire. */
export function declaredByOthers(
  instances: readonly InstanceRecord[],
  scheduleId: string,
  instanceId: string,
): { revision: string; instance: InstanceRecord }[] {
  return instances
    .filter((instance) => instance.state === 'running' && instance.instanceId !== instanceId)
    .flatMap((instance) =>
      instance.functions.flatMap(({ schedules = [] }) =>
        schedules
          .filter((schedule) => schedule.scheduleId === scheduleId)
          .map(({ revision }) => ({ revision, instance })),
      ),
    )
}

/** Whether no other live instance started with this definition before this one. */
export function isFirst(
  instances: readonly InstanceRecord[],
  {
    scheduleId,
    revision,
    instanceId,
  }: { scheduleId: string; revision: string; instanceId: string },
): boolean {
  const me = instances.find((instance) => instance.instanceId === instanceId)
  if (!me) return true
  return !declaredByOthers(instances, scheduleId, instanceId).some(
    (other) =>
      other.revision === revision &&
      (other.instance.startedAt < me.startedAt ||
        (other.instance.startedAt === me.startedAt && other.instance.instanceId < instanceId)),
  )
}

/**
 * What to store for a definition, in the place of what was there. Its next tick stays where it was
 * unless the times are others, or it was removed. With other times, a tick that has only its start to
 * wait for still comes.
 */
export function definitionOf(
  { scheduleId, revision, spec, askedAt }: OwnSchedule,
  { stored, removed }: Pick<Current, 'stored' | 'removed'>,
  now: number,
): ScheduleDefinition {
  const earlier = stored ?? removed
  const before = earlier && read(earlier)
  const next = succeed(spec, revision, before?.spec, now)
  const isNewDate = !earlier && spec.trigger.type === 'date'
  const first = new Timetable(scheduleId, next).next(isNewDate ? Math.min(now, askedAt) : now)
  const waiting = stored && before ? waitingTick(before, now) : null
  return {
    scheduleId,
    funcName: spec.funcName,
    revision,
    definition: JSON.stringify(next),
    overlap: spec.overlap,
    nextRunAt:
      stored && before && sameTimes(before.spec, spec)
        ? stored.nextRunAt
        : (sooner(waiting, first, spec, now) ?? first),
    paused: false,
  }
}

/** A waiting tick within the bounds of a definition, unless that has a tick before it. */
function sooner(
  waiting: number | null,
  first: number | null,
  { startAt, endAt }: ScheduleSpec,
  now: number,
): number | null {
  if (waiting === null || waiting < (startAt ?? waiting)) return null
  const at = Math.min(waiting, first ?? waiting, endAt ?? waiting)
  return at > now ? at : null
}

function revisionsOf(stored: StoredSchedule): readonly string[] {
  return read(stored)?.spec.revisions ?? [stored.revision]
}

/** Undefined for what a newer version wrote. */
function read(stored: StoredSchedule): Schedule | undefined {
  try {
    return readSchedule(stored)
  } catch {
    return undefined
  }
}
