import type { LifecycleEvent } from '../observers/observer.ts'
import type { TaskStatus, TaskSummary } from '../record.ts'
import type { NewTask, Settlement, SettleResult } from '../storage/contract.ts'
import type { Attempt } from './attempt.ts'

/** A task was stored. */
export function acceptedStep(task: NewTask, at: number): LifecycleEvent {
  return stepOf('accepted', task, at, null, null)
}

/** An attempt begins. */
export function startedStep(attempt: Attempt, at: number): LifecycleEvent {
  return stepOf('started', attempt.claimed, at, attempt.number, null)
}

/** An attempt was settled. */
export function settledStep(
  attempt: Attempt,
  settlement: Settlement,
  { status }: Extract<SettleResult, { result: 'settled' }>,
  at: number,
): LifecycleEvent {
  const live = status === 'pending' || status === 'running'
  const step = live ? (settlement.outcome.type === 'retry' ? 'retrying' : 'requeued') : status
  return stepOf(step, attempt.claimed, at, attempt.number, settlement)
}

/** A task that did not run here was given back or ended. */
export function changedStep(task: TaskSummary, status: TaskStatus, at: number): LifecycleEvent {
  const { taskId, funcName, tags, error, stacktrace } = task
  const step = status === 'pending' || status === 'running' ? 'requeued' : status
  return { step, taskId, funcName, tags, at, attempt: null, durationMs: null, error, stacktrace }
}

/** A step of an instance's own; `end` is that of an attempt. */
function stepOf(
  step: LifecycleEvent['step'],
  { taskId, funcName, tags }: Pick<LifecycleEvent, 'taskId' | 'funcName' | 'tags'>,
  at: number,
  attempt: number | null,
  end: Settlement | null,
): LifecycleEvent {
  const durationMs = end?.durationMs ?? null
  const error = end?.error ?? null
  const stacktrace = end?.stacktrace ?? null
  return { step, taskId, funcName, tags, at, attempt, durationMs, error, stacktrace }
}
