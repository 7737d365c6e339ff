import type { ClaimedTask, NewTask } from '../../storage/contract.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Schedule } from './definition.ts'
import { manual } from './operations.ts'
import type { Schedules } from './schedules.ts'
import { tickTask } from './tick-task.ts'

/** If this instance dies before it has claimed its own, others run it after this. */
const ELSEWHERE_MS = 60_000
const FIRST = 2 ** 31 - 1

/** Schedules that run when an instance stops. */
export function shutdownSchedules(schedules: Schedules): Schedule[] {
  return schedules.known.filter(({ stored, spec }) => {
    return spec.trigger.type === 'shutdown' && !stored.paused
  })
}

/**
 * Stores one run of a schedule and claims it for this instance: due later, so that no other takes it
 * meanwhile, then due, first of all, and claimed right after.
 */
export async function claimForShutdown(
  schedule: Schedule,
  schedules: Schedules,
  instanceId: string,
  options: ResolvedOptions,
  stored: (tasks: NewTask[]) => void,
): Promise<ClaimedTask[]> {
  const settings = { delayMs: ELSEWHERE_MS, priority: FIRST }
  const task = await tickTask(schedule, settings, 'scheduled', options)
  await schedules.storage.fire({ ticks: [manual(schedule, task, schedules.clock.now(), null)] })
  stored([task])
  await options.storage.reschedule({ tasks: [{ taskId: task.taskId }] })
  const claim = { limit: 1, funcNames: [task.funcName] }
  const turn = await options.storage.turn({ instanceId, settle: [], claim })
  return turn.claimed
}
