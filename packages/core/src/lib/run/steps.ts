import type { LifecycleEvent } from '../observers/observer.ts'
import type { TaskStatus, TaskSummary } from '../record.ts'
import type { NewTask, Settlement, SettleResult } from '../storage/contract.ts'
import type { Attempt } from './attempt.ts'

/** A task was stored. */
export function acceptedStep({ taskId, funcName, tags }: NewTask, at: number): LifecycleEvent {
  return { step: 'accepted', taskId, funcName, tags, at, attempt: null, ...noEnd }
}

/** An attempt begins. */
export function startedStep(attempt: Attempt, at: number): LifecycleEvent {
  return { ...of(attempt, at), step: 'started', ...noEnd }
}

/** An attempt was settled. */
export function settledStep(
  attempt: Attempt,
  { outcome, durationMs, error, stacktrace }: Settlement,
  { status }: Extract<SettleResult, { result: 'settled' }>,
  at: number,
): LifecycleEvent {
  const live = status === 'pending' || status === 'running'
  const step = live ? (outcome.type === 'retry' ? 'retrying' : 'requeued') : status
  return {
    ...of(attempt, at),
    step,
    durationMs,
    error: error ?? null,
    stacktrace: stacktrace ?? null,
  }
}

/** A task that did not run here was given back or ended. */
export function changedStep(task: TaskSummary, status: TaskStatus, at: number): LifecycleEvent {
  const { taskId, funcName, tags, error, stacktrace } = task
  const step = status === 'pending' || status === 'running' ? 'requeued' : status
  return { step, taskId, funcName, tags, at, attempt: null, durationMs: null, error, stacktrace }
}

const noEnd = { durationMs: null, error: null, stacktrace: null }

function of({ claimed: { taskId, funcName, tags }, number }: Attempt, at: number) {
  return { taskId, funcName, tags, at, attempt: number }
}
