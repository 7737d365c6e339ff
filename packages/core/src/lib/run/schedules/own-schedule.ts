import { TaskflowError } from '../../errors.ts'
import { encodePayload } from '../../json.ts'
import type { Task } from '../define-task.ts'
import { scheduleBinding } from '../encryption/encryption.ts'
import { newTask } from '../new-task.ts'
import type { ResolvedOptions } from '../options.ts'
import type { OwnSchedule } from './declarations.ts'
import { revisionOf, type ScheduleSpec } from './definition.ts'
import { Timetable } from './timetable.ts'

/**
 * Checks the payload and what else takes a while, and seals the payload.
 *
 * @throws TaskflowError `invalid_payload`, `too_large` or `invalid_input`.
 */
export async function ownSchedule(
  task: Task<unknown, unknown>,
  scheduleId: string,
  spec: Omit<ScheduleSpec, 'payload'>,
  payload: unknown,
  given: { options: ResolvedOptions; now: number; isKnown: () => Promise<boolean> },
): Promise<OwnSchedule> {
  const { options, now: askedAt, isKnown } = given
  const { funcName, tags, priority } = spec
  const run = { tags, ...(priority !== null && { priority }) }
  // Every run will be such a task, so now is the time to refuse it.
  await newTask(task, payload, run, { source: 'scheduled', scheduleId }, options)
  const text = encodePayload(payload, funcName, options.maxPayloadBytes)
  const sealed = await options.encryption.seal(text, scheduleBinding(funcName, scheduleId))
  const whole: ScheduleSpec = { ...spec, payload: sealed }
  // One that was stored when its time was still to come starts quietly, others do not.
  if (hasPassed(scheduleId, whole, askedAt) && !(await isKnown())) {
    const option = spec.trigger.type === 'date' ? 'at' : 'endAt'
    throw new TaskflowError(
      'invalid_input',
      `schedule: ${scheduleId}: ${option}: expected a time that is still to come, got one that has passed`,
    )
  }
  return { scheduleId, revision: await revisionOf(whole), spec: whole, askedAt }
}

function hasPassed(scheduleId: string, spec: ScheduleSpec, now: number): boolean {
  if (spec.trigger.type === 'shutdown') return false
  return new Timetable(scheduleId, { ...spec, anchor: spec.startAt ?? now }).next(now) === null
}
