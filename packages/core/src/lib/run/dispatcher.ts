import type { LifecycleEvent, ObserverChain } from '../observers/observer.ts'
import type {
  ClaimedTask,
  ClaimInput,
  OwnedTask,
  Settlement,
  SettleResult,
  TaskStorage,
  TurnResult,
} from '../storage/contract.ts'
import { Attempt, type AttemptSettings } from './attempt.ts'
import type { Task } from './define-task.ts'
import { LogFlusher } from './log-flusher.ts'
import type { ResolvedOptions } from './options.ts'
import { Outage } from './outage.ts'
import type { TaskAborted } from './signals.ts'

/** Settlements in one turn. */
const MAX_SETTLE = 500
/** While handlers average less, one more batch is claimed ahead of free slots. */
const FAST_MS = 5
/** While work flows, look for work of others this often; idle, the beat is the poll. */
const POLL_MS = 1_000
/** What is due but was not given to us is asked for again after this: our lease may be lost. */
const HELD_MS = 100

/** How often a shutdown asks a storage that fails to take what is finished. */
const LAST_TRIES = 3

interface Finished {
  settlement: Settlement
  /** Null when no handler ran. */
  attempt: Attempt | null
}

/** What is left at the end of a shutdown. */
export interface HandBack {
  /** Handlers that ended by themselves or by the signal, since the shutdown began. */
  completed: number
  /** Back to pending. */
  released: number
  interrupted: number
  /** Handlers that never returned. */
  abandoned: number
}

/**
 * Claims work, starts it, and settles what is finished: one turn at a time, each taking along all
 * that gathered during the one before. No timers but for what is due later.
 */
export class Dispatcher {
  readonly #options: ResolvedOptions
  readonly #storage: TaskStorage
  readonly #observers: ObserverChain
  readonly #attemptSettings: AttemptSettings
  readonly #claimOf: Pick<ClaimInput, 'funcNames' | 'limits'>
  readonly #outage: Outage
  readonly #flusher: LogFlusher

  #concurrency: number
  #instanceId: string | null = null
  /** Handlers that run, by task id; with time-outs ignored, longer than their task. */
  readonly #active = new Map<string, Attempt>()
  /** Handlers whose attempt is settled although they have not returned. */
  #stuck = 0
  /** Claimed, waiting for a slot. */
  #backlog: ClaimedTask[] = []
  #finished: Finished[] = []
  #turning: Promise<void> | null = null
  /** Counts reasons to look for work; a claim that found less than it asked for rests till the next. */
  #wakes = 0
  #restsAt = -1
  #straysDue = false
  #averageMs = FAST_MS
  /** Handlers that run here and took a process down before. */
  #suspects = 0
  #completed = 0
  #released = 0
  #interrupted = 0
  #cancelTimer = () => {}
  #waiters: (() => void)[] = []

  constructor(options: ResolvedOptions, observers: ObserverChain, settings: AttemptSettings) {
    this.#options = options
    this.#storage = options.storage
    this.#observers = observers
    this.#attemptSettings = settings
    this.#concurrency = options.concurrency
    this.#claimOf = claimable(options.tasks)
    const instanceId = () => this.#instanceId
    this.#flusher = new LogFlusher(options.clock, options.storage.logs, this.#active, instanceId)
    this.#outage = new Outage(
      'taskflow: claiming and settling wait for the storage',
      options.onError,
    )
  }

  /** Starts claiming in the name of an instance; again with another id after a lost lease. */
  join(instanceId: string): void {
    this.#instanceId = instanceId
    this.wake()
  }

  /** There may be work. */
  wake(): void {
    this.#wakes++
    this.#turn()
  }

  get running(): number {
    return this.#active.size
  }

  /** Tasks that run here in the storage's eyes: started, claimed, or finished and not yet settled. */
  get held(): number {
    return this.#active.size + this.#backlog.length + this.#finished.length
  }

  /** Passes cancel requests on to the handlers they mean. */
  cancel(requests: readonly OwnedTask[]): void {
    for (const { taskId, fence } of requests) {
      const attempt = this.#active.get(taskId)
      if (attempt?.claimed.fence === fence) attempt.abort('cancelled', 'Cancelled')
      this.#giveBack((claimed) => claimed.taskId === taskId && claimed.fence === fence)
    }
  }

  /** A request made in this process: the handler hears of it without asking the storage. */
  cancelLocally(taskId: string): void {
    this.#active.get(taskId)?.abort('cancelled', 'Cancelled')
    this.#giveBack((claimed) => claimed.taskId === taskId)
  }

  /** The storage counts more tasks of ours than run here: the answer of a claim may be lost. */
  findStrays(): void {
    this.#straysDue = true
    this.#turn()
  }

  /** The lease is lost: others own what ran here. Nothing of it may be written any more. */
  leaseLost(): void {
    this.#instanceId = null
    this.#backlog = []
    this.#finished = []
    this.#abortAll('lease_lost', 'The lease of this instance was lost')
  }

  /** Claims nothing more; hands back what never began. */
  drain(): void {
    this.#concurrency = 0
    this.#completed = 0
    this.#giveBack(() => true)
    this.#turn()
  }

  /** Resolves when no handler runs, or after `ms`, or when `hurry` resolves. */
  async idle(ms: number, hurry: Promise<void>): Promise<void> {
    if (this.#active.size === 0 || ms <= 0) return
    let done = () => {}
    const over = new Promise<void>((resolve) => {
      done = resolve
    })
    const cancelTimer = this.#options.clock.after(ms, done)
    this.#waiters.push(() => {
      if (this.#active.size === 0) done()
    })
    await Promise.race([over, hurry])
    cancelTimer()
    this.#waiters = []
  }

  abortForShutdown(): void {
    this.#abortAll('shutdown', 'The app is shutting down')
  }

  /** Gives back what still runs and commits the rest. The instance claims and settles no more. */
  async handBack(): Promise<HandBack> {
    this.#flusher.stop()
    const abandoned = this.#active.size
    for (const attempt of this.#active.values()) {
      const { taskId, fence } = attempt.claimed
      const logs = await attempt.log.rest(this.#options.clock.now())
      const durationMs = 0
      this.#finish({ taskId, fence, outcome: { type: 'released' }, durationMs, logs }, null)
    }
    this.#active.clear()
    await this.#turning
    // Without a lease nothing can be settled; a storage that is away is not waited for.
    for (let tries = 0; this.#finished.length > 0 && tries < LAST_TRIES; ) {
      if (this.#instanceId === null) break
      this.#turn()
      await this.#turning
      if (this.#outage.lasting) tries++
    }
    await this.#turning
    this.#cancelTimer()
    this.#instanceId = null
    return {
      completed: this.#completed,
      released: this.#released,
      interrupted: this.#interrupted,
      abandoned,
    }
  }

  #abortAll(reason: TaskAborted['reason'], message: string): void {
    for (const attempt of this.#active.values()) attempt.abort(reason, message)
  }

  #turn(): void {
    if (this.#turning) return
    this.#turning = this.#turns().finally(() => {
      this.#turning = null
      // What came while the last turn ended.
      if (this.#hasTurn() && !this.#outage.lasting) this.#turn()
    })
  }

  async #turns(): Promise<void> {
    while (this.#instanceId !== null && this.#hasTurn()) {
      const instanceId = this.#instanceId
      let batch: Finished[] = []
      try {
        if (this.#straysDue) await this.#giveStraysBack(instanceId)
        const wakes = this.#wakes
        batch = this.#finished.splice(0, MAX_SETTLE)
        const limit = this.#restsAt === wakes ? 0 : this.#claimable()
        const result = await this.#storage.turn({
          instanceId,
          settle: batch.map(({ settlement }) => settlement),
          claim: limit > 0 ? { limit, ...this.#claimOf, suspects: !this.#hasSuspect() } : null,
        })
        this.#outage.over()
        if (limit > 0) this.#scheduleNext(result, limit, wakes)
        if (result.released) this.#wakes++
        this.#settled(batch, result.settled)
        // The lease was lost meanwhile: others own what was claimed under it.
        if (this.#instanceId !== instanceId) continue
        this.#backlog.push(...result.claimed)
        // A shutdown began meanwhile.
        if (this.#concurrency === 0) this.#giveBack(() => true)
        this.#fill()
        this.cancel(result.cancels)
      } catch (error) {
        // Finished work waits here, and keeps its slot, until the storage is back.
        this.#finished = [...batch, ...this.#finished]
        this.#cancelTimer()
        this.#cancelTimer = this.#options.clock.after(
          this.#outage.failed(error, Math.random()),
          () => this.wake(),
        )
        return
      }
    }
  }

  #hasTurn(): boolean {
    if (this.#instanceId === null) return false
    if (this.#straysDue) return true
    return this.#finished.length > 0 || (this.#restsAt !== this.#wakes && this.#claimable() > 0)
  }

  /** Free slots, and a batch ahead while handlers are fast. */
  #claimable(): number {
    const ahead = this.#averageMs < FAST_MS ? this.#concurrency : 0
    const taken = this.#active.size + this.#stuck + this.#backlog.length
    return Math.max(0, this.#concurrency + ahead - taken)
  }

  /** Its end lets another of its kind start. */
  #isLimited(attempt: Attempt | null): boolean {
    return attempt !== null && attempt.task.settings.concurrency !== null
  }

  /** A task that took a process down runs here: no second one beside it. */
  #hasSuspect(): boolean {
    if (this.#suspects > 0) return true
    return this.#backlog.some(({ crashes }) => crashes > 0)
  }

  #scheduleNext(result: TurnResult, limit: number, wakes: number): void {
    if (result.claimed.length === limit) return
    this.#restsAt = wakes
    const { nextRunAt, now } = result
    const busy = result.claimed.length > 0 || this.#active.size > 0
    const soonest = result.claimed.length > 0 ? 1 : HELD_MS
    const leftMs = nextRunAt === null ? Number.POSITIVE_INFINITY : nextRunAt - now
    const dueMs = leftMs > 0 ? leftMs : soonest
    const waitMs = busy ? Math.min(dueMs, POLL_MS) : dueMs
    this.#cancelTimer()
    if (waitMs < Number.POSITIVE_INFINITY) {
      this.#cancelTimer = this.#options.clock.after(waitMs, () => this.wake())
    }
  }

  #fill(): void {
    while (this.#active.size + this.#stuck < this.#concurrency) {
      const claimed = this.#backlog.shift()
      if (!claimed) return
      this.#start(claimed)
    }
  }

  #start(claimed: ClaimedTask): void {
    const task = this.#options.tasks.get(claimed.funcName)
    const executor = task && this.#options.executors.get(task.settings.executor)
    if (!task || !executor) {
      this.#finish(unstarted(claimed), null)
      return
    }
    // Payloads come as text from the storage; the task checks them itself.
    const attempt = new Attempt(claimed, task as Task<unknown, unknown>, this.#attemptSettings)
    this.#active.set(claimed.taskId, attempt)
    this.#flusher.start()
    this.#announce(attempt, 'started', null, null)
    const { settlement, ended } = attempt.start(executor)
    const suspect = claimed.crashes > 0
    if (suspect) this.#suspects++
    let returned = false
    void ended.then(() => {
      returned = true
      if (!suspect) return
      this.#suspects--
      // The next suspect may have waited for this one.
      this.wake()
    })
    void settlement.then((decided) => {
      if (!returned) {
        this.#stuck++
        void ended.then(() => {
          this.#stuck--
          this.wake()
        })
      }
      this.#averageMs += (decided.durationMs - this.#averageMs) / 16
      // Not ours any more: the lease was lost, or the shutdown gave it back.
      if (this.#active.get(claimed.taskId) !== attempt) return
      this.#active.delete(claimed.taskId)
      if (this.#instanceId !== null) this.#finish(decided, attempt)
      this.#fill()
      for (const waiter of this.#waiters) waiter()
    })
  }

  #finish(settlement: Settlement, attempt: Attempt | null): void {
    this.#finished.push({ settlement, attempt })
    // A free slot is a reason to claim, when the last claim found all it asked for.
    this.#turn()
  }

  /** Gives back what waits for a slot and has not begun. */
  #giveBack(which: (claimed: ClaimedTask) => boolean): void {
    const gone = this.#backlog.filter(which)
    if (gone.length === 0) return
    this.#backlog = this.#backlog.filter((claimed) => !gone.includes(claimed))
    for (const claimed of gone) this.#finish(unstarted(claimed), null)
  }

  /** Gives back what runs in our name and nobody here knows of. No turn is under way meanwhile. */
  async #giveStraysBack(instanceId: string): Promise<void> {
    const owned = await this.#storage.owned({ instanceId })
    this.#straysDue = false
    if (this.#instanceId !== instanceId) return
    const running = [...this.#active.values()].map(({ claimed }) => claimed)
    const settlements = this.#finished.map(({ settlement }) => settlement)
    const known = new Map<string, number>()
    for (const { taskId, fence } of [...running, ...this.#backlog, ...settlements]) {
      known.set(taskId, fence)
    }
    for (const stray of owned) {
      if (known.get(stray.taskId) !== stray.fence) this.#finish(unstarted(stray), null)
    }
  }

  #settled(batch: Finished[], results: SettleResult[]): void {
    batch.forEach(({ settlement, attempt }, i) => {
      const result = results[i]
      if (result?.result !== 'settled') return
      // It may be due again, now or later: only a claim tells when.
      if (result.status === 'pending' || this.#isLimited(attempt)) this.#wakes++
      const { type } = settlement.outcome
      if (type === 'released') {
        if (result.status === 'interrupted') this.#interrupted++
        else this.#released++
      } else if (type !== 'unstarted') this.#completed++
      if (!attempt) return
      const { status } = result
      const step =
        status === 'pending' || status === 'running'
          ? settlement.outcome.type === 'retry'
            ? 'retrying'
            : 'requeued'
          : status
      this.#announce(attempt, step, settlement.durationMs, settlement.error ?? null)
    })
  }

  #announce(
    attempt: Attempt,
    step: LifecycleEvent['step'],
    durationMs: number | null,
    error: string | null,
  ): void {
    const { taskId, funcName, tags } = attempt.claimed
    const at = this.#options.clock.now()
    const event = { step, taskId, funcName, attempt: attempt.number, at, durationMs, error, tags }
    this.#observers.lifecycle(event)
  }
}

function unstarted({ taskId, fence }: OwnedTask): Settlement {
  return { taskId, fence, outcome: { type: 'unstarted' }, durationMs: 0, logs: [] }
}

/** The functions to claim, and their limits. */
function claimable(tasks: ReadonlyMap<string, Task>): Pick<ClaimInput, 'funcNames' | 'limits'> {
  const limits = [...tasks.values()].flatMap(({ name, settings: { concurrency, rateLimit } }) =>
    concurrency === null && rateLimit === null
      ? []
      : {
          funcName: name,
          concurrency: concurrency ?? undefined,
          rateLimit: rateLimit ?? undefined,
        },
  )
  return { funcNames: [...tasks.keys()], limits: limits.length > 0 ? limits : undefined }
}
