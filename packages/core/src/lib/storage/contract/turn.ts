import type { TaskStatus } from '../../record.ts'
import type { NewTask } from './insert.ts'
import type { NewLogEntry } from './logs.ts'

export interface TurnInput {
  instanceId: string
  settle: Settlement[]
  /** Null claims nothing. */
  claim: ClaimInput | null
  now?: number | undefined
}

export interface TurnResult {
  settled: SettleResult[]
  claimed: ClaimedTask[]
  /**
   * Settling let blocked tasks go, or stored `chained` ones: there may be work that this turn did not
   * claim.
   */
  released: boolean
  /** Cancel requests for tasks this instance runs. */
  cancels: OwnedTask[]
  /**
   * When the next pending task of `claim.funcNames` is due; null when none is, or nothing was
   * claimed for. Tasks that are blocked, paused, left alone as suspects, or held back by
   * `concurrency` do not count; those held back by a rate count from when it lets one start.
   */
  nextRunAt: number | null
  /** The storage's clock at this turn. */
  now: number
}

/** The end of an attempt. */
export interface Settlement {
  taskId: string
  fence: number
  outcome: SettlementOutcome
  /** How long the handler ran, in whole ms. The storage derives the start from it. */
  durationMs: number
  /** JSON text of what `run` returned; with `success` only. */
  result?: string | undefined
  error?: string | undefined
  stacktrace?: string | undefined
  /** With `retry` and `snoozed`: due again after this long. */
  delayMs?: number | undefined
  /** Log lines not appended yet; committed with the settlement. */
  logs: NewLogEntry[]
  /**
   * With `success` only: tasks that follow from it, inserted in the same commit if, and only if,
   * the settlement counts. They have neither key nor parents. [none]
   */
  chained?: NewTask[] | undefined
}

/**
 * What became of an attempt:
 * - `success`: the task is `success`.
 * - `retry`: it failed and goes back to pending; `failed`: it failed for good. Both record `cause`
 *   in the attempt. If cancelling was requested, both make task and attempt `cancelled` instead.
 * - `cancelled`: the handler gave up because cancelling was requested.
 * - `snoozed`: back to pending, the attempt is given back.
 * - `released`: the instance stops under it: back to pending with the attempt given back if the
 *   task is to be requeued on interruption, else `interrupted` (`cancelled`, if requested).
 * - `unstarted`: claimed but never begun: back to pending, the attempt is given back and leaves no
 *   row in `attempts`. If cancelling was requested, `snoozed` and `unstarted` make it `cancelled`.
 */
export type SettlementOutcome =
  | { type: 'success' }
  | { type: 'retry'; cause: 'error' | 'timeout' }
  | { type: 'failed'; cause: 'error' | 'timeout' }
  | { type: 'cancelled' }
  | { type: 'snoozed' }
  | { type: 'released' }
  | { type: 'unstarted' }

export type SettleResult =
  | { taskId: string; result: 'settled'; status: TaskStatus }
  | { taskId: string; result: 'stale' }

export interface ClaimInput {
  limit: number
  funcNames: string[]
  /** Those of `funcNames` that have limits. [none] */
  limits?: FunctionLimit[] | undefined
  /**
   * Of the tasks that took a process down with them (`crashes` above 0) one may be claimed, else
   * none: so that the guilty one is found, and its neighbours are not failed with it. [true]
   */
  suspects?: boolean | undefined
}

/** How much of a function may run, over all instances. */
export interface FunctionLimit {
  funcName: string
  /** How many run at once. [any number] */
  concurrency?: number | undefined
  /**
   * A bucket of `count` starts that refills evenly, one every `perMs / count`: never more than
   * `count` at once after a rest, nor more than that rate for long. A start counts though its task
   * is given back. [any number]
   */
  rateLimit?: { count: number; perMs: number } | undefined
}

/** What an executor needs to start. */
export interface ClaimedTask {
  taskId: string
  funcName: string
  fence: number
  payload: string
  tags: Record<string, string>
  /** When this start was due. */
  runAt: number
  /** One for the first start. */
  attemptsMade: number
  maxAttempts: number
  crashes: number
  logCount: number
  dependsOn: string[]
  retryOf: string | null
  /** As inserted. */
  trace: string | null
}

export interface OwnedTask {
  taskId: string
  fence: number
}
