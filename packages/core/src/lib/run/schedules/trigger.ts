import { LAST_INSTANT } from '../../clock.ts'
import { TaskflowError } from '../../errors.ts'
import { checkOptionNames } from '../../option-names.ts'
import { cronOf } from './cron-times.ts'

/** When a schedule is due. */
export type Trigger =
  /** Every so often, on a grid that begins when it is stored, or at `startAt`. 1000 or more. */
  | { everyMs: number }
  /**
   * A cron expression of five fields, or six with seconds first, or seven with the year last, by the
   * clocks of an IANA time zone. ['UTC']
   */
  | { cron: string; timeZone?: string }
  /** Once, at an instant. */
  | { at: number | Date }
  /** Whenever one of them is; made by `anyOf`. */
  | { anyOf: readonly Trigger[] }
  /** Once on each instance that stops, within the `graceMs` of its `stop`. */
  | { shutdown: true }

/** A trigger as it is stored. */
export type StoredTrigger = TimedTrigger | { type: 'shutdown' }

export type TimedTrigger =
  | { type: 'interval'; everyMs: number }
  | { type: 'cron'; cron: string; timeZone: string }
  | { type: 'date'; at: number }
  | { type: 'any'; of: TimedTrigger[] }

/** How triggers are called in the dashboard. */
export type TriggerAlias = StoredTrigger['type']

export const TRIGGER_ALIASES: readonly TriggerAlias[] = [
  'interval',
  'cron',
  'date',
  'any',
  'shutdown',
]

const SHORTEST_MS = 1_000
const LONGEST_CRON = 256
const MAX_PARTS = 50

const NAMES: Readonly<Record<string, true>> = {
  everyMs: true,
  cron: true,
  timeZone: true,
  at: true,
  anyOf: true,
  shutdown: true,
}

/** Due whenever one of these is; once where two are due at one instant. */
export function anyOf(triggers: readonly Trigger[]): { anyOf: readonly Trigger[] } {
  return { anyOf: triggers }
}

/** Checks a trigger. `where` begins the error's message. @throws TaskflowError `invalid_input`. */
export function readTrigger(when: Trigger, where: string): StoredTrigger {
  const kinds = ['everyMs', 'cron', 'at', 'anyOf', 'shutdown'] as const
  const given = kinds.filter((kind) => (when as Record<string, unknown> | null)?.[kind] != null)
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none of them' : given.join(' and ')
    throw invalid(`${where}: expected one of ${kinds.join(', ')}, got ${got}`)
  }
  checkOptionNames(when, NAMES, { where })
  if ('everyMs' in when) return readInterval(when.everyMs, where)
  if ('cron' in when) return readCron(when.cron, when.timeZone, where)
  if ('at' in when) return { type: 'date', at: readInstant(when.at, `${where}: at`) }
  if ('anyOf' in when) return readAny(when.anyOf, where)
  if (when.shutdown === true) return { type: 'shutdown' }
  throw invalid(`${where}: shutdown: expected true, got ${String(when.shutdown)}`)
}

/** Epoch milliseconds of an instant. @throws TaskflowError `invalid_input`. */
export function readInstant(given: number | Date, where: string): number {
  const at = given instanceof Date ? given.getTime() : given
  if (typeof at === 'number' && Math.abs(at) <= LAST_INSTANT) return Math.round(at)
  throw invalid(`${where}: expected an instant, epoch milliseconds or a Date, got ${String(given)}`)
}

function readInterval(everyMs: number, where: string): TimedTrigger {
  if (Number.isSafeInteger(everyMs) && everyMs >= SHORTEST_MS && everyMs <= LAST_INSTANT) {
    return { type: 'interval', everyMs }
  }
  const expected = `whole milliseconds of ${SHORTEST_MS} or more`
  throw invalid(`${where}: everyMs: expected ${expected}, got ${String(everyMs)}`)
}

function readCron(cron: string, timeZone: string | undefined, where: string): TimedTrigger {
  if (typeof cron !== 'string' || cron.length > LONGEST_CRON) {
    const got = typeof cron === 'string' ? `${cron.length}` : typeof cron
    throw invalid(`${where}: cron: expected text of at most ${LONGEST_CRON} characters, got ${got}`)
  }
  const expression = cron.trim().replaceAll(/\s+/g, ' ')
  const trigger = {
    type: 'cron',
    cron: expression,
    timeZone: readZone(timeZone ?? 'UTC', where),
  } as const
  // Instants in ISO 8601 would be taken for a cron of one run.
  const fields = expression.startsWith('@') ? 5 : expression.split(' ').length
  try {
    if (fields < 5 || fields > 7) throw new Error('expected five, six or seven fields')
    cronOf(trigger)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : error
    throw invalid(
      `${where}: cron: expected an expression such as '0 9 * * 1-5', got ${JSON.stringify(expression)}: ${reason}`,
    )
  }
  // Far from everything that a day of the year can depend on.
  if (fields < 7 && cronOf(trigger).nextRun(new Date(Date.UTC(2000, 0, 1))) === null) {
    throw invalid(
      `${where}: cron: expected a day that there is, got ${JSON.stringify(expression)}, which never comes`,
    )
  }
  return trigger
}

function readZone(timeZone: string, where: string): string {
  try {
    // Also in the spelling that everybody uses.
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    const got = typeof timeZone === 'string' ? JSON.stringify(timeZone.slice(0, 100)) : timeZone
    throw invalid(
      `${where}: timeZone: expected an IANA time zone such as 'Europe/Berlin', got ${got}`,
    )
  }
}

function readAny(parts: readonly Trigger[], where: string): TimedTrigger {
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > MAX_PARTS) {
    throw invalid(`${where}: anyOf: expected an array of 1 to ${MAX_PARTS} triggers`)
  }
  const of = parts.map((part, i) => {
    const trigger = readTrigger(part, `${where}: anyOf[${i}]`)
    if (trigger.type !== 'shutdown') return trigger
    throw invalid(`${where}: anyOf[${i}]: expected a trigger with a time, got shutdown`)
  })
  return { type: 'any', of }
}

const invalid = (message: string) => new TaskflowError('invalid_input', message)
