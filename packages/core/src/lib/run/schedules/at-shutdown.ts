import type { ClaimedTask, NewTask } from '../../storage/contract.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Schedule } from './definition.ts'
import { manual } from './operations.ts'
import type { Schedules } from './schedules.ts'
import { tickTask } from './tick-task.ts'

/** If this instance dies before it has claimed its own, others run it after this. */
const ELSEWHERE_MS = 60_000
/** Above every other task. */
const FIRST = 2 ** 31 - 1

/** Told of each run as it goes on. */
export interface ShutdownRuns {
  stored(task: NewTask): void
  claimed(task: ClaimedTask): void
}

/** Schedules that run when an instance stops. */
export function shutdownSchedules(schedules: Schedules): Schedule[] {
  return schedules.known.filter(({ stored, spec }) => {
    return spec.trigger.type === 'shutdown' && !stored.paused
  })
}

/**
 * Stores one run of each and claims it for this instance: due later, so that no other takes it
 * meanwhile, then due, first of all, and claimed right after.
 */
export async function claimForShutdown(
  schedules: Schedules,
  instanceId: string,
  options: ResolvedOptions,
  runs: ShutdownRuns,
): Promise<void> {
  const { storage } = options
  await Promise.all(
    shutdownSchedules(schedules).map(async (schedule) => {
      const settings = { delayMs: ELSEWHERE_MS, priority: FIRST }
      const task = await tickTask(schedule, settings, 'scheduled', options)
      await schedules.storage.fire({ ticks: [manual(schedule, task, schedules.clock.now(), null)] })
      runs.stored(task)
      await storage.reschedule({ tasks: [{ taskId: task.taskId }] })
      const claim = { limit: 1, funcNames: [task.funcName] }
      const { claimed } = await storage.turn({ instanceId, settle: [], claim })
      for (const one of claimed) runs.claimed(one)
    }),
  )
}
