import type { LifecycleEvent, LogEvent } from '../observers/observer.ts'
import { isFinal, type TaskRecord, type TaskSummary } from '../record.ts'
import type { NewTask, Settlement } from '../storage/contract.ts'
import { uuidv7 } from '../uuid.ts'

const AT = Date.UTC(2026, 0, 1)

/**
 * A task as `list` returns it: `send_email`, which succeeded in 20 ms, unless said otherwise. What
 * follows from a given `status` is filled in with it.
 */
export function buildSummary(given: Partial<TaskSummary> = {}): TaskSummary {
  const { status = 'success', createdAt = AT, runAt = createdAt } = given
  const started = status !== 'pending'
  const { startTime = started ? runAt + 5 : null } = given
  const { endTime = isFinal(status) && startTime !== null ? startTime + 20 : null } = given
  return {
    taskId: uuidv7(createdAt),
    funcName: 'send_email',
    group: null,
    status,
    phase: status === 'pending' ? 'queued' : status,
    createdAt,
    runAt,
    startTime,
    endTime,
    durationMs: startTime === null || endTime === null ? null : endTime - startTime,
    attemptsMade: started ? 1 : 0,
    retriesUsed: 0,
    maxAttempts: 1,
    crashes: 0,
    error: status === 'failed' ? 'Error: no such address' : null,
    stacktrace: null,
    logTail: [],
    logCount: given.logTail?.length ?? 0,
    idempotencyKey: null,
    tags: {},
    source: 'manual',
    retryOf: null,
    flowId: null,
    scheduleId: null,
    blockedBy: [],
    priority: null,
    executor: 'async',
    instance: started ? 'host-1' : null,
    progress: null,
    cancelRequestedAt: null,
    fence: started ? 1 : 0,
    rev: 1,
    ...given,
  }
}

/** A task as `get` returns it; see `buildSummary`. */
export function buildRecord(given: Partial<TaskRecord> = {}): TaskRecord {
  return {
    ...buildSummary(given),
    payload: {},
    encryptedPayload: null,
    result: undefined,
    encryptedResult: null,
    attempts: [],
    dependsOn: [],
    children: [],
    ...given,
  }
}

/** A task as a storage's `insert` takes it: `send_email`, due at once, unless said otherwise. */
export function buildNewTask(given: Partial<NewTask> = {}): NewTask {
  return {
    taskId: uuidv7(AT),
    funcName: 'send_email',
    group: null,
    payload: '{}',
    priority: null,
    maxAttempts: 1,
    requeueOnInterrupt: false,
    idempotencyKey: null,
    tags: {},
    source: 'manual',
    executor: 'async',
    retryOf: null,
    ...given,
  }
}

/**
 * The end of an attempt as a storage's `turn` takes it: a success in no time, which fits a claim of
 * any instant, unless said otherwise. It counts for the `taskId` and `fence` of a claimed task.
 */
export function buildSettlement(given: Partial<Settlement> = {}): Settlement {
  return {
    taskId: uuidv7(AT),
    fence: 1,
    outcome: { type: 'success' },
    durationMs: 0,
    logs: [],
    ...given,
  }
}

/** A log line as observers get it: 'working' of a first attempt, unless said otherwise. */
export function buildLogEvent(given: Partial<LogEvent> = {}): LogEvent {
  const { at = AT } = given
  return {
    taskId: uuidv7(at),
    funcName: 'send_email',
    attempt: 0,
    stream: 'log',
    level: 'info',
    message: 'working',
    at,
    tags: {},
    ...given,
  }
}

/** A step as observers get it: success after 20 ms, unless said otherwise. */
export function buildLifecycleEvent(given: Partial<LifecycleEvent> = {}): LifecycleEvent {
  const { at = AT, step = 'success' } = given
  const ended = step !== 'accepted' && step !== 'started'
  return {
    step,
    taskId: uuidv7(at),
    funcName: 'send_email',
    attempt: step === 'accepted' ? null : 0,
    at,
    durationMs: ended ? 20 : null,
    error: step === 'failed' || step === 'retrying' ? 'Error: no such address' : null,
    stacktrace: null,
    tags: {},
    ...given,
  }
}
