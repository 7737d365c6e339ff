import type { ClaimedTask, OwnedTask, Settlement } from '../storage/contract.ts'
import { Attempt, type AttemptSettings } from './attempt.ts'
import type { Task } from './define-task.ts'
import type { TaskExecutor } from './executor.ts'
import type { TaskAborted } from './signals.ts'

/** What is told of handlers. */
export interface HandlerEvents {
  /** The attempt is decided; `kept` is false when it is not ours to settle any more. */
  decided(attempt: Attempt, settlement: Settlement, kept: boolean): void
  /** The handler is really over and its slot free. */
  ended(attempt: Attempt): void
}

/** The handlers that run here. */
export class Handlers {
  readonly #settings: AttemptSettings
  readonly #events: HandlerEvents
  /** By task id. */
  readonly #active = new Map<string, Attempt>()
  /** Not decided, and not ours to settle any more. */
  readonly #disowned = new Set<Attempt>()
  /** Handlers whose attempt is settled although they have not returned. */
  #stuck = 0
  /** Those that run and took a process down before. */
  #suspects = 0
  #waiters: (() => void)[] = []

  constructor(settings: AttemptSettings, events: HandlerEvents) {
    this.#settings = settings
    this.#events = events
  }

  /** Attempts that are not decided and ours to settle, by task id. */
  get active(): ReadonlyMap<string, Attempt> {
    return this.#active
  }

  /** Handlers that run, ours to settle or not. */
  get undecided(): number {
    return this.#active.size + this.#disowned.size
  }

  /** True while a task runs that took a process down. */
  get hasSuspect(): boolean {
    return this.#suspects > 0
  }

  /** Handlers that heed nothing: they go on although their task ended, or long after they were asked to stop. */
  get unresponsive(): number {
    let count = this.#stuck
    for (const attempt of this.#active.values()) if (attempt.ignoresSignal) count++
    for (const attempt of this.#disowned) if (attempt.ignoresSignal) count++
    return count
  }

  /** Runs a claimed task. */
  start(claimed: ClaimedTask, task: Task, executor: TaskExecutor): Attempt {
    // Payloads come as text from the storage; the task checks them itself.
    const attempt = new Attempt(claimed, task as Task<unknown, unknown>, this.#settings)
    this.#active.set(claimed.taskId, attempt)
    const suspect = claimed.crashes > 0
    if (suspect) this.#suspects++
    const { settlement, ended } = attempt.start(executor)
    let returned = false
    let decided = false
    const leave = () => {
      if (suspect) this.#suspects--
      this.#events.ended(attempt)
    }
    void ended.then(() => {
      returned = true
      if (!decided) return
      this.#stuck--
      leave()
    })
    void settlement.then((outcome) => {
      decided = true
      // Else not ours any more: the lease was lost, or the shutdown gave it back.
      const kept = this.#active.get(claimed.taskId) === attempt
      if (kept) this.#active.delete(claimed.taskId)
      else this.#disowned.delete(attempt)
      this.#events.decided(attempt, outcome, kept)
      if (returned) leave()
      else this.#stuck++
      for (const waiter of this.#waiters) waiter()
    })
    return attempt
  }

  /** Passes cancel requests on to the handlers they mean. */
  cancel({ taskId, fence }: OwnedTask): void {
    const attempt = this.#active.get(taskId)
    if (attempt?.claimed.fence === fence) attempt.abort('cancelled', 'Cancelled')
  }

  /** A request made in this process: whatever attempt of the task runs. */
  cancelAny(taskId: string): void {
    this.#active.get(taskId)?.abort('cancelled', 'Cancelled')
  }

  abortAll(reason: TaskAborted['reason'], message: string): void {
    for (const attempt of this.#active.values()) attempt.abort(reason, message)
  }

  /** What becomes of those that run is not ours to say any more; returns them. */
  disown(): Attempt[] {
    const attempts = [...this.#active.values()]
    for (const attempt of attempts) this.#disowned.add(attempt)
    this.#active.clear()
    return attempts
  }

  /** Resolves when no handler runs, or after `ms`, or when `hurry` resolves. */
  async idle(ms: number, hurry: Promise<void>): Promise<void> {
    if (this.undecided === 0 || ms <= 0) return
    let done = () => {}
    const over = new Promise<void>((resolve) => {
      done = resolve
    })
    const cancelTimer = this.#settings.clock.after(ms, done)
    this.#waiters.push(() => {
      if (this.undecided === 0) done()
    })
    await Promise.race([over, hurry])
    cancelTimer()
    this.#waiters = []
  }
}
