import type { ClaimedTask, OwnedTask, Settlement } from '../storage/contract.ts'
import { Attempt, type AttemptEvents, type AttemptSettings } from './attempt.ts'
import { Bag } from './bag.ts'
import type { Task } from './define-task.ts'
import type { TaskExecutor } from './executor.ts'
import type { TaskAborted } from './signals.ts'

/** What is told of handlers. */
export interface HandlerEvents {
  /** An attempt is about to begin. */
  started(attempt: Attempt): void
  /** The attempt is decided; `kept` is false when it is not ours to settle any more. */
  decided(attempt: Attempt, settlement: Settlement, kept: boolean): void
  /** The handler is really over and its slot free. */
  ended(attempt: Attempt): void
}

/** The handlers that run here. */
export class Handlers {
  readonly #settings: AttemptSettings
  readonly #events: HandlerEvents
  readonly #attemptEvents: AttemptEvents = {
    decided: (attempt, settlement) => this.#decided(attempt, settlement),
    over: (attempt) => {
      this.#stuck--
      this.#leave(attempt)
    },
  }
  /** Not decided, and ours to settle. */
  readonly #active = new Bag<Attempt>()
  /** Not decided, and not ours to settle any more. */
  readonly #disowned = new Bag<Attempt>()
  /** Handlers whose attempt is settled although they have not returned. */
  #stuck = 0
  /** Those that run and took a process down before. */
  #suspects = 0
  #waiters: (() => void)[] = []

  constructor(settings: AttemptSettings, events: HandlerEvents) {
    this.#settings = settings
    this.#events = events
  }

  /** Attempts that are not decided and ours to settle. */
  get active(): Pick<Bag<Attempt>, 'size' | 'all'> {
    return this.#active
  }

  /** Handlers that run and whose attempt is not decided, ours to settle or not. */
  get undecided(): number {
    return this.#active.size + this.#disowned.size
  }

  /** Handlers that have not returned, those that ignored their time-out too. */
  get unreturned(): number {
    return this.undecided + this.#stuck
  }

  /** True while a task runs that took a process down. */
  get hasSuspect(): boolean {
    return this.#suspects > 0
  }

  /** Handlers that heed nothing: they go on although their task ended, or long after they were asked to stop. */
  get unresponsive(): number {
    const ignores = ({ ignoresSignal }: Attempt) => ignoresSignal
    return this.#stuck + this.#active.count(ignores) + this.#disowned.count(ignores)
  }

  /** Runs a claimed task. */
  start(claimed: ClaimedTask, task: Task, executor: TaskExecutor): void {
    // Payloads come as text from the storage; the task checks them itself.
    const any = task as Task<unknown, unknown>
    const attempt = new Attempt(claimed, any, this.#settings, this.#attemptEvents)
    this.#active.add(attempt)
    if (isSuspect(attempt)) this.#suspects++
    this.#events.started(attempt)
    attempt.start(executor)
  }

  #decided(attempt: Attempt, settlement: Settlement): void {
    // Else not ours any more: the lease was lost, or the shutdown gave it back.
    const kept = this.#active.delete(attempt)
    if (!kept) this.#disowned.delete(attempt)
    this.#events.decided(attempt, settlement, kept)
    if (attempt.over) this.#leave(attempt)
    else this.#stuck++
    for (const waiter of this.#waiters) waiter()
  }

  #leave(attempt: Attempt): void {
    if (isSuspect(attempt)) this.#suspects--
    this.#events.ended(attempt)
  }

  /** Passes cancel requests on to the handlers they mean. */
  cancel({ taskId, fence }: OwnedTask): void {
    const meant = ({ claimed }: Attempt) => claimed.taskId === taskId && claimed.fence === fence
    this.#active.find(meant)?.abort('cancelled', 'Cancelled')
  }

  /** A request made in this process: whatever attempt of the task runs. */
  cancelAny(taskId: string): void {
    const attempt = this.#active.find(({ claimed }) => claimed.taskId === taskId)
    attempt?.abort('cancelled', 'Cancelled')
  }

  abortAll(reason: TaskAborted['reason'], message: string): void {
    for (const attempt of this.#active.all()) attempt.abort(reason, message)
  }

  /** What becomes of those that run is not ours to say any more; returns them. */
  disown(): Attempt[] {
    const attempts = this.#active.empty()
    for (const attempt of attempts) this.#disowned.add(attempt)
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

const isSuspect = ({ claimed }: Attempt) => claimed.crashes > 0
