import { LONGEST_DELAY_MS } from '../clock.ts'
import type { AttemptEnd } from '../observers/observer.ts'
import type { ClaimedTask, OwnedTask, Settlement, SettlementOutcome } from '../storage/contract.ts'
import type { Task } from './define-task.ts'
import { describeError, errorType } from './describe-error.ts'
import { retryDelayMs } from './retry-policy.ts'
import { AbandonTask, SnoozeTask, TaskAborted } from './signals.ts'

/** How a handler came out: what is stored of it beside its log. */
export interface End
  extends Pick<Settlement, 'result' | 'error' | 'stacktrace' | 'delayMs' | 'chained'> {
  outcome: Exclude<SettlementOutcome, { type: 'unstarted' }>
  /** The kind of error it ended with, for observers. [none] */
  errorType?: string | null
}

export const SUCCESS: End['outcome'] = { type: 'success' }

/** What is known of an attempt that throws. */
interface Thrower {
  claimed: ClaimedTask
  task: Task<unknown, unknown>
  /** Why it was asked to stop. */
  aborted: TaskAborted | null
  /** Takes the payload's secrets out of a text. */
  hide: (text: string) => string
}

/** What is made of what a handler threw. */
export function endOfThrown(thrown: unknown, { claimed, task, aborted, hide }: Thrower): End {
  const why = aborted?.reason ?? null
  const snoozeMs = snoozeMsOf(thrown)
  if (snoozeMs !== null && why === null) {
    const delayMs = Math.round(Math.min(snoozeMs, LONGEST_DELAY_MS))
    return { outcome: { type: 'snoozed' }, delayMs }
  }
  const timedOut = why === 'timeout'
  const text = {
    ...describeError(timedOut ? aborted : thrown, hide),
    errorType: why ?? errorType(thrown, hide),
  }
  if (why === 'shutdown' || why === 'lease_lost') return { outcome: { type: 'released' }, ...text }
  if (why === 'cancelled') return { outcome: { type: 'cancelled' }, ...text }
  const final = isA(thrown, AbandonTask)
  return { ...failed(timedOut ? 'timeout' : 'error', final, claimed, task), ...text }
}

/** The end of an attempt that ran on for `graceMs` after its time-out, while nobody here could end it. */
export function endOfOverdue(
  claimed: ClaimedTask,
  task: Task<unknown, unknown>,
  timeoutMs: number,
  graceMs: number,
): Settlement {
  const { taskId, fence } = claimed
  const { error } = describeError(timedOutAfter(timeoutMs))
  const durationMs = Math.round(timeoutMs + graceMs)
  return { ...failed('timeout', false, claimed, task), taskId, fence, durationMs, error, logs: [] }
}

/** The end of what was claimed and never began. */
export function unstarted({ taskId, fence }: OwnedTask): Settlement {
  return { taskId, fence, outcome: { type: 'unstarted' }, durationMs: 0, logs: [] }
}

/** Why a handler is asked to stop after that long. */
export function timedOutAfter(ms: number): TaskAborted {
  return new TaskAborted('timeout', `Timed out after ${ms} ms`)
}

/** An end as observers get it. */
export function toAttemptEnd(end: End, durationMs: number): AttemptEnd {
  const { outcome, error = null, stacktrace = null, errorType = null } = end
  return { outcome: outcome.type, durationMs, error, stacktrace, errorType }
}

/** A failure: for good, or to be tried again. */
function failed(
  cause: 'error' | 'timeout',
  final: boolean,
  { attemptsMade, maxAttempts }: ClaimedTask,
  { settings }: Task<unknown, unknown>,
): Pick<End, 'outcome' | 'delayMs'> {
  if (final || attemptsMade >= maxAttempts) return { outcome: { type: 'failed', cause } }
  const delayMs = retryDelayMs(settings, attemptsMade, Math.random)
  return { outcome: { type: 'retry', cause }, delayMs }
}

/** Null for what is no `SnoozeTask` with a delay, or cannot be asked. */
function snoozeMsOf(thrown: unknown): number | null {
  try {
    return thrown instanceof SnoozeTask && thrown.delayMs >= 0 ? thrown.delayMs : null
  } catch {
    return null
  }
}

/** `instanceof` that never throws, though a revoked proxy does so at every look. */
function isA<Kind>(value: unknown, kind: new (...args: never[]) => Kind): value is Kind {
  try {
    return value instanceof kind
  } catch {
    return false
  }
}
