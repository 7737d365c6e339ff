import type { LifecycleEvent } from '../observers/observer.ts'
import type { NewTask, Settlement, SettleResult } from '../storage/contract.ts'
import type { Attempt } from './attempt.ts'

/** A task was stored. */
export function acceptedStep({ taskId, funcName, tags }: NewTask, at: number): LifecycleEvent {
  const none = { attempt: null, durationMs: null, error: null }
  return { step: 'accepted', taskId, funcName, tags, at, ...none }
}

/** An attempt begins. */
export function startedStep(attempt: Attempt, at: number): LifecycleEvent {
  return { ...of(attempt, at), step: 'started', durationMs: null, error: null }
}

/** An attempt was settled. */
export function settledStep(
  attempt: Attempt,
  { outcome, durationMs, error }: Settlement,
  { status }: Extract<SettleResult, { result: 'settled' }>,
  at: number,
): LifecycleEvent {
  const live = status === 'pending' || status === 'running'
  const step = live ? (outcome.type === 'retry' ? 'retrying' : 'requeued') : status
  return { ...of(attempt, at), step, durationMs, error: error ?? null }
}

function of({ claimed: { taskId, funcName, tags }, number }: Attempt, at: number) {
  return { taskId, funcName, tags, at, attempt: number }
}
