import { TaskflowError } from '../../errors.ts'
import { checkOptionNames, type OptionNames } from '../../option-names.ts'
import type { OverlapPolicy } from '../../storage/parts.ts'
import { NAME } from '../define-task.ts'
import type { EnqueueArgs } from '../task-queue.ts'
import type { ScheduleSpec } from './definition.ts'
import type { MisfirePolicy } from './misfire.ts'
import { readInstant, readTrigger, type Trigger } from './trigger.ts'

/** Settings of a schedule beside when it is due. */
export interface ScheduleOptions {
  /** What operators and the storage know it by: 1–200 of letters, digits and `_ . : -`. [the task's name] */
  id?: string
  /** Runs too when the first instance with this definition starts, not when others join it. [false] */
  runOnStart?: boolean
  /** No run before. [none] */
  startAt?: number | Date
  /** No run after. [none] */
  endAt?: number | Date
  /** Each run comes up to this much later, by chance, the same on all instances. [0] */
  jitterMs?: number
  /**
   * What becomes of runs that nobody was there for, more than 10 s late: 'latest' runs once for all
   * of them, 'skip' not at all, 'all' each of the last hundred (with `overlap: 'allow'`, or most of
   * them are skipped for that). ['latest']
   */
  misfire?: MisfirePolicy
  /**
   * When an earlier run has not ended: 'skip' this one, 'queue' it unless one waits already, or
   * 'allow' it beside. ['skip']
   */
  overlap?: OverlapPolicy
  /** Higher runs first. [the task's] */
  priority?: number
  /** Labels of each run. [none] */
  tags?: Record<string, string>
}

/** Arguments after the trigger: a task without payload may leave them out. */
export type ScheduleArgs<Payload> =
  EnqueueArgs<Payload> extends [payload?: undefined, ...rest: unknown[]]
    ? [options?: ScheduleOptions & { payload?: undefined }]
    : [options: ScheduleOptions & { payload: NoInfer<Payload> }]

const NAMES: OptionNames<ScheduleOptions & { payload: unknown }> = {
  id: true,
  payload: true,
  runOnStart: true,
  startAt: true,
  endAt: true,
  jitterMs: true,
  misfire: true,
  overlap: true,
  priority: true,
  tags: true,
}

const LONGEST_JITTER_MS = 86_400_000

/**
 * Checks what a schedule was asked to be; the payload is checked elsewhere.
 *
 * @throws TaskflowError `invalid_input`.
 */
export function readSpec(
  funcName: string,
  when: Trigger,
  options: ScheduleOptions,
): { scheduleId: string; spec: Omit<ScheduleSpec, 'payload' | 'declared'> } {
  checkOptionNames(options, NAMES, { where: 'schedule' })
  const { id = funcName, jitterMs = 0, misfire = 'latest', overlap = 'skip' } = options
  if (typeof id !== 'string' || !NAME.test(id)) {
    throw invalid(`id: expected 1–200 letters, digits or _ . : -, got ${JSON.stringify(id)}`)
  }
  const check = (ok: boolean, option: keyof ScheduleOptions, expected: string) => {
    if (!ok) throw invalid(`${id}: ${option}: expected ${expected}, got ${String(options[option])}`)
  }
  const trigger = readTrigger(when, `schedule: ${id}`)
  const instant = (option: 'startAt' | 'endAt') =>
    options[option] === undefined
      ? null
      : readInstant(options[option], `schedule: ${id}: ${option}`)
  const startAt = instant('startAt')
  const endAt = instant('endAt')
  check(startAt === null || endAt === null || startAt <= endAt, 'endAt', 'startAt or later')
  check(
    Number.isSafeInteger(jitterMs) && jitterMs >= 0 && jitterMs <= LONGEST_JITTER_MS,
    'jitterMs',
    'whole milliseconds of 0 to a day',
  )
  check(['latest', 'skip', 'all'].includes(misfire), 'misfire', "'latest', 'skip' or 'all'")
  check(['skip', 'queue', 'allow'].includes(overlap), 'overlap', "'skip', 'queue' or 'allow'")
  const { runOnStart = false, priority = null, tags = {} } = options
  check(typeof runOnStart === 'boolean', 'runOnStart', 'true or false')
  const spec = { funcName, trigger, startAt, endAt, jitterMs, misfire, overlap, runOnStart }
  return { scheduleId: id, spec: { ...spec, priority, tags } }
}

const invalid = (message: string) => new TaskflowError('invalid_input', `schedule: ${message}`)
