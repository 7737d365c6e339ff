import { TaskflowError } from '../../errors.ts'
import type { NewTask } from '../../storage/contract.ts'
import type { NewTick, ScheduleChange, TickRecord } from '../../storage/parts.ts'
import { checkTicks } from '../manager/check-reads.ts'
import type { ResolvedOptions } from '../options.ts'
import type { TaskRef } from '../task-queue.ts'
import { nextStart, type Schedule } from './definition.ts'
import { type Schedules, unknownSchedule } from './schedules.ts'
import { tickTask } from './tick-task.ts'

/** What operators do to several schedules at once. */
export type ScheduleAction = 'run' | 'pause' | 'resume' | 'remove'

export const SCHEDULE_ACTIONS: readonly ScheduleAction[] = ['run', 'pause', 'resume', 'remove']

/** What became of one schedule of several. */
export interface ScheduleActionResult {
  scheduleId: string
  done: boolean
  /** With `run`: the task. */
  taskId: string | null
  /** Why it was skipped. */
  reason: string | null
}

/** What operators do to schedules. All of it lasts, and holds for all instances. */
export class ScheduleOperations {
  readonly #schedules: Schedules
  readonly #options: ResolvedOptions
  readonly #stored: (tasks: NewTask[]) => void

  constructor(schedules: Schedules, options: ResolvedOptions, stored: (tasks: NewTask[]) => void) {
    this.#schedules = schedules
    this.#options = options
    this.#stored = stored
  }

  /** False when it is paused already. */
  async pause(scheduleId: string): Promise<boolean> {
    await this.#schedules.find(scheduleId)
    return this.#change({ scheduleId, paused: true })
  }

  /** Goes on with the first run after now: what was due meanwhile was not to run. */
  async resume(scheduleId: string): Promise<boolean> {
    const schedule = await this.#schedules.find(scheduleId)
    if (!schedule.stored.paused) return false
    const nextRunAt = nextStart(schedule, this.#schedules.clock.now())
    return this.#change({ scheduleId, paused: false, nextRunAt })
  }

  async remove(scheduleId: string): Promise<void> {
    await this.#schedules.find(scheduleId)
    await this.#change({ scheduleId, removed: true })
    this.#schedules.forget(scheduleId)
  }

  async run(scheduleId: string): Promise<TaskRef> {
    const schedule = await this.#schedules.find(scheduleId)
    const now = this.#schedules.clock.now()
    const task = await tickTask(schedule, {}, 'manual', this.#options)
    const nextRunAt = nextStart(schedule, now)
    // Or it would seem done, though nobody has waited for its time.
    const pause = isOnce(schedule, nextRunAt) ? { pause: true } : {}
    await this.#fire({ ...pause, ...manual(schedule, task, now, nextRunAt) })
    this.#stored([task])
    await this.#schedules.changed()
    return { taskId: task.taskId, duplicate: false }
  }

  async ticks(
    scheduleId: string,
    page: { limit?: number; cursor?: string },
  ): Promise<{ ticks: TickRecord[]; next: string | null }> {
    checkTicks(page)
    await this.#schedules.find(scheduleId)
    const { limit = 50, cursor } = page
    return this.#schedules.storage.ticks({ scheduleId, limit, cursor })
  }

  /** One after the other; what one refuses does not keep the others. */
  async bulk(
    action: ScheduleAction,
    scheduleIds: readonly string[],
  ): Promise<ScheduleActionResult[]> {
    const results: ScheduleActionResult[] = []
    for (const scheduleId of new Set(scheduleIds)) {
      const outcome = await this.#one(action, scheduleId).catch((error) => {
        if (error instanceof TaskflowError && error.code !== 'unavailable') {
          return { done: false, taskId: null, reason: error.message }
        }
        throw error
      })
      results.push({ scheduleId, ...outcome })
    }
    return results
  }

  async #one(action: ScheduleAction, scheduleId: string) {
    const done = { done: true, taskId: null, reason: null }
    switch (action) {
      case 'run':
        return { ...done, taskId: (await this.run(scheduleId)).taskId }
      case 'remove':
        await this.remove(scheduleId)
        return done
      case 'pause':
        if (await this.pause(scheduleId)) return done
        return { ...done, done: false, reason: 'it is paused already' }
      case 'resume':
        if (await this.resume(scheduleId)) return done
        return { ...done, done: false, reason: 'it is not paused' }
    }
  }

  async #fire(tick: NewTick): Promise<void> {
    const [result] = await this.#schedules.storage.fire({ ticks: [tick] })
    if (result?.result === 'taken') throw unknownSchedule(tick.scheduleId)
  }

  async #change(change: ScheduleChange): Promise<boolean> {
    const [result] = await this.#schedules.storage.change({ changes: [change] })
    if (result?.result === 'missing') throw unknownSchedule(change.scheduleId)
    await this.#schedules.changed()
    return result?.result === 'changed'
  }
}

/** A tick by hand. */
export function manual(
  { stored: { scheduleId, revision } }: Schedule,
  task: NewTask,
  dueAt: number,
  nextRunAt: number | null,
): NewTick {
  return { scheduleId, revision, dueAt, outcome: 'manual', task, nextRunAt }
}

function isOnce({ spec: { trigger } }: Schedule, nextRunAt: number | null): boolean {
  return trigger.type === 'date' || (nextRunAt === null && trigger.type !== 'shutdown')
}
