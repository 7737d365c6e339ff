import type { NewTask } from '@taskflow/core'

/** A task with nothing special about it. */
export function taskOf(taskId: string, more: Partial<NewTask> = {}): NewTask {
  return {
    taskId,
    funcName: 'work',
    group: null,
    payload: '{}',
    priority: null,
    maxAttempts: 1,
    requeueOnInterrupt: true,
    idempotencyKey: null,
    tags: {},
    source: 'manual',
    executor: 'async',
    retryOf: null,
    ...more,
  }
}

/** A beat of an instance that runs nothing it names. */
export function beatOf(instanceId: string, beat: number) {
  const instance = { instanceId, host: 'host', pid: process.pid, version: '0', functions: [] }
  return { instance, beat, leaseMs: 60_000, running: 0, state: 'running' as const }
}
