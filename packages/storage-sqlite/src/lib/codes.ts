import type { SettlementOutcome, TaskPhase, TaskStatus } from '@taskflow/core'

/** How a status is stored. Ready, blocked and suspect tasks are pending. */
export const READY = 0
export const BLOCKED = 1
/** Ready, but it took a process down with it: such tasks are claimed one at a time. */
export const SUSPECT = 2
export const RUNNING = 3
export const SUCCESS = 10
export const FAILED = 11
export const CANCELLED = 12
export const INTERRUPTED = 13

export const FINAL_STATES = [SUCCESS, FAILED, CANCELLED, INTERRUPTED] as const

const STATUS: Record<number, TaskStatus> = {
  [READY]: 'pending',
  [BLOCKED]: 'pending',
  [SUSPECT]: 'pending',
  [RUNNING]: 'running',
  [SUCCESS]: 'success',
  [FAILED]: 'failed',
  [CANCELLED]: 'cancelled',
  [INTERRUPTED]: 'interrupted',
}

const FINAL: Partial<Record<TaskStatus, number>> = {
  success: SUCCESS,
  failed: FAILED,
  cancelled: CANCELLED,
  interrupted: INTERRUPTED,
}

export function statusOf(state: number): TaskStatus {
  return STATUS[state] ?? 'pending'
}

/** The stored state of a final status; undefined for `pending` and `running`. */
export function finalState(status: string): number | undefined {
  return FINAL[status as TaskStatus]
}

export function phaseOf(
  task: { state: number; runAt: number; attempts: number },
  now: number,
): TaskPhase {
  if (task.state === BLOCKED) return 'blocked'
  if (task.state !== READY && task.state !== SUSPECT) {
    return statusOf(task.state) as Exclude<TaskStatus, 'pending'>
  }
  if (task.runAt <= now) return 'queued'
  return task.attempts > 0 ? 'retrying' : 'scheduled'
}

/** How the end of an attempt is written down. */
export function outcomeName(outcome: SettlementOutcome): string {
  if (outcome.type === 'retry' || outcome.type === 'failed') return outcome.cause
  return outcome.type === 'unstarted' ? 'released' : outcome.type
}

/** What is not written down of a last attempt, since it follows from how the task ended. */
export function usualOutcome(state: number): string {
  if (state === SUCCESS) return 'success'
  if (state === FAILED) return 'error'
  return state === CANCELLED ? 'cancelled' : 'released'
}
