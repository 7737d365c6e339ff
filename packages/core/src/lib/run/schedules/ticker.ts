import { TaskflowError } from '../../errors.ts'
import type { NewTask } from '../../storage/contract.ts'
import type { NewTick, ScheduleStorage } from '../../storage/parts.ts'
import type { ResolvedOptions } from '../options.ts'
import { Outage } from '../outage.ts'
import type { Schedule } from './definition.ts'
import { planTicks } from './misfire.ts'
import type { StorageClock } from './storage-clock.ts'
import { tickKey, tickTask } from './tick-task.ts'

/** Schedules in one call: their ticks are stored in one commit, which should not take long. */
const MAX_SCHEDULES = 20
/** What was taken by others is looked at again after this. */
const TAKEN_MS = 100

/** What the ticker needs of those around it. */
export interface TickerHost {
  storage: ScheduleStorage
  clock: StorageClock
  /** Tasks were stored. */
  stored(tasks: NewTask[]): void
  /** Others were first, or the schedule has changed: read all again. */
  taken(): Promise<void>
}

/**
 * Fires what is due, with one timer for the next tick of all schedules. All instances do so at the
 * same time; the storage gives each tick to one of them, so that none is waited for.
 */
export class Ticker {
  readonly #options: ResolvedOptions
  readonly #host: TickerHost
  readonly #outage: Outage
  #schedules = new Map<string, Schedule>()
  /** One more tick, at the start of a deploy, by schedule. */
  readonly #extra = new Map<string, number>()
  #cancelTimer = () => {}
  #firing: Promise<void> | null = null
  #stopped = false

  constructor(options: ResolvedOptions, host: TickerHost) {
    this.#options = options
    this.#host = host
    this.#outage = new Outage('schedules wait for the storage', options.onError)
  }

  /** What to fire from now on. */
  set(schedules: readonly Schedule[]): void {
    this.#schedules = new Map(schedules.map((each) => [each.stored.scheduleId, each]))
    this.arm()
  }

  /** One more tick with the next one, which is overdue. */
  alsoAt(scheduleId: string, at: number): void {
    this.#extra.set(scheduleId, at)
  }

  /** Sets the timer: again after the storage's clock was set. */
  arm(atLeastMs = 0): void {
    if (this.#stopped || this.#firing) return
    this.#cancelTimer()
    const due = [...this.#schedules.values()].map(dueAt).filter((at) => at !== null)
    if (due.length === 0) return
    const delayMs = Math.max(Math.min(...due) - this.#host.clock.now(), atLeastMs)
    this.#cancelTimer = this.#options.clock.after(delayMs, () => this.#run())
  }

  /** Fires nothing any more; resolves when what is under way is stored. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer()
    await this.#firing
  }

  #run(): void {
    if (this.#firing || this.#stopped) return
    this.#firing = this.#fire()
      .catch((error) => this.#outage.failed(error, Math.random()))
      .then((pauseMs) => {
        this.#firing = null
        this.arm(pauseMs)
      })
  }

  /** Fires what is due now; how long to rest at least. */
  async #fire(): Promise<number> {
    const now = this.#host.clock.now()
    const due = [...this.#schedules.values()]
      .filter((schedule) => (dueAt(schedule) ?? Number.POSITIVE_INFINITY) <= now)
      .slice(0, MAX_SCHEDULES)
    if (due.length === 0) return 0
    const ticks = (await Promise.all(due.map((schedule) => this.#ticksOf(schedule, now)))).flat()
    const results = await this.#host.storage.fire({ ticks })
    this.#outage.over()
    for (const schedule of due) this.#extra.delete(schedule.stored.scheduleId)
    const stored = ticks.flatMap(({ task }, i) =>
      task && results[i]?.taskId === task.taskId ? [task] : [],
    )
    if (stored.length > 0) this.#host.stored(stored)
    if (results.some(({ result }) => result === 'taken')) {
      await this.#host.taken()
      return TAKEN_MS
    }
    for (const tick of ticks) {
      const schedule = this.#schedules.get(tick.scheduleId)
      if (schedule?.stored.revision !== tick.revision) continue
      this.#schedules.set(tick.scheduleId, {
        ...schedule,
        stored: { ...schedule.stored, nextRunAt: tick.nextRunAt },
      })
    }
    return 0
  }

  async #ticksOf(schedule: Schedule, now: number): Promise<NewTick[]> {
    const { stored, spec, timetable } = schedule
    const { scheduleId, revision } = stored
    const planned = planTicks(
      timetable,
      dueAt(schedule) ?? now,
      now,
      spec.misfire,
      this.#extra.get(scheduleId),
    )
    return Promise.all(
      planned.map(async ({ dueAt, outcome, nextRunAt }): Promise<NewTick> => {
        const tick = { scheduleId, revision, dueAt, nextRunAt }
        if (outcome === 'missed') return { ...tick, outcome, task: null }
        const task = await this.#taskOf(schedule, dueAt)
        return task ? { ...tick, outcome, task } : { ...tick, outcome: 'invalid', task: null }
      }),
    )
  }

  /** Null when the task, as it is by now, refuses the payload. */
  async #taskOf(schedule: Schedule, dueAt: number): Promise<NewTask | null> {
    const idempotencyKey = tickKey(schedule.stored.scheduleId, dueAt)
    try {
      return await tickTask(schedule, { idempotencyKey }, 'scheduled', this.#options)
    } catch (error) {
      // A schema that throws is one that refuses: a tick is no reason to try for ever.
      const message = `schedule ${schedule.stored.scheduleId}: its payload is refused`
      this.#options.onError(new TaskflowError('invalid_payload', message, { cause: error }))
      return null
    }
  }
}

function dueAt({ stored }: Schedule): number | null {
  return stored.paused ? null : stored.nextRunAt
}
