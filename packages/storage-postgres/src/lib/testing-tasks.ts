import type { NewTask } from '@taskflow/core'
import { buildNewTask } from '@taskflow/core/testing'

/** A task with nothing special about it. */
export function taskOf(taskId: string, more: Partial<NewTask> = {}): NewTask {
  return buildNewTask({ taskId, funcName: 'work', requeueOnInterrupt: true, ...more })
}

/** A beat of an instance that runs nothing it names. */
export function beatOf(instanceId: string, beat: number) {
  const instance = { instanceId, host: 'host', pid: process.pid, version: '0', functions: [] }
  return { instance, beat, leaseMs: 60_000, running: 0, state: 'running' as const }
}
