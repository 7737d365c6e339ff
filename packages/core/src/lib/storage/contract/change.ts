import type { TaskStatus } from '../../record.ts'

export interface RecoverInput {
  /** Instances judged dead, with the beat they were judged at. */
  dead: { instanceId: string; beat: number }[]
  maxCrashes: number
  /** How long the second crash of a task holds it back. */
  crashDelayMs: number
  now?: number | undefined
}

export interface RecoveredTask {
  taskId: string
  funcName: string
  status: TaskStatus
}

export interface ChangeResult {
  taskId: string
  result: 'changed' | 'refused' | 'missing'
}

export interface CancelResult {
  taskId: string
  result: 'cancelled' | 'requested' | 'too_early' | 'refused' | 'missing'
  /** Null when missing. */
  status: TaskStatus | null
}
