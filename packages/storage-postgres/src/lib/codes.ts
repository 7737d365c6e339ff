import type { SettlementOutcome, TaskPhase, TaskStatus } from '@taskflow/core'

/** How a status is stored. `blocked` is a pending task that waits for others. */
export const READY = 0
export const BLOCKED = 1
export const RUNNING = 3
export const SUCCESS = 10
export const FAILED = 11
export const CANCELLED = 12
export const INTERRUPTED = 13

const STATUS: Record<number, TaskStatus> = {
  [READY]: 'pending',
  [BLOCKED]: 'pending',
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
  task: { state: number; run_at: number; attempts_made: number },
  now: number,
): TaskPhase {
  if (task.state === BLOCKED) return 'blocked'
  if (task.state !== READY) return statusOf(task.state) as Exclude<TaskStatus, 'pending'>
  if (task.run_at <= now) return 'queued'
  return task.attempts_made > 0 ? 'retrying' : 'scheduled'
}

/** How the end of an attempt is written down. */
export function outcomeName(outcome: SettlementOutcome): string {
  if (outcome.type === 'retry' || outcome.type === 'failed') return outcome.cause
  return outcome.type === 'unstarted' ? 'released' : outcome.type
}
