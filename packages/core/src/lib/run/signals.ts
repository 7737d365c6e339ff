/** Thrown by a task: run me again after `delayMs`; no attempt is used up. */
export class SnoozeTask extends Error {
  override readonly name = 'SnoozeTask'
  readonly delayMs: number

  constructor(delayMs: number) {
    super(`Snoozed for ${delayMs} ms`)
    if (!(Number.isFinite(delayMs) && delayMs >= 0)) {
      throw new RangeError(`SnoozeTask: expected milliseconds of 0 or more, got ${delayMs}`)
    }
    this.delayMs = delayMs
  }
}

/** Thrown by a task: I failed, and retrying is of no use. */
export class AbandonTask extends Error {
  override readonly name = 'AbandonTask'
}

/** Why a task's `signal` was aborted: `signal.reason` is one of these. */
export class TaskAborted extends Error {
  override readonly name = 'TaskAborted'
  readonly reason: 'cancelled' | 'timeout' | 'shutdown' | 'lease_lost'

  constructor(reason: TaskAborted['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}
