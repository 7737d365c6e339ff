import { TaskflowError } from '../errors.ts'
import type { ObserverChain } from '../observers/observer-chain.ts'
import type { ClaimedTask, OwnedTask, Settlement, TurnResult } from '../storage/contract.ts'
import type { Attempt, AttemptSettings } from './attempt.ts'
import { unstarted } from './attempt-end.ts'
import { Handlers } from './handlers.ts'
import { type Lane, MIN_BULK } from './lane.ts'
import { Lanes } from './lanes.ts'
import { lastWords } from './last-words.ts'
import { LogFlusher } from './log-flusher.ts'
import type { ResolvedOptions } from './options.ts'
import { Outage } from './outage.ts'
import { type Finished, type HandBack, Settled } from './settled.ts'
import { startedStep } from './steps.ts'
import { straysOf } from './strays.ts'
import { SuspectGate } from './suspect-gate.ts'
import { type Turn, Turns } from './turns.ts'

/** Settlements in one turn. */
const MAX_SETTLE = 500
/** How often a shutdown asks a storage that fails to take what is finished. */
const LAST_TRIES = 3

/**
 * Claims work, starts it, and settles what is finished. Each turn takes along all that gathered
 * during the one before; no timers but for what is due later.
 */
export class Dispatcher {
  readonly #options: ResolvedOptions
  readonly #handlers: Handlers
  readonly #lanes: Lanes
  readonly #outage: Outage
  readonly #flusher: LogFlusher
  readonly #gate: SuspectGate
  readonly #settled: Settled

  #instanceId: string | null = null
  #draining = false
  #finished: Finished[] = []
  readonly #turns = new Turns()
  /** Turns are about to be sent. */
  #planned = false
  /** Counts reasons to look for work. */
  #wakes = 0
  /** During an outage a turn is made only where there is a reason to think it over. */
  #probe = false
  #straysDue = false
  #cancelTimer = () => {}

  constructor(options: ResolvedOptions, observers: ObserverChain, settings: AttemptSettings) {
    this.#options = options
    this.#settled = new Settled(options, observers)
    this.#lanes = new Lanes(options, {
      wake: () => this.wake(),
      stuck: (lane) => this.#giveBack(() => true, [lane]),
    })
    this.#handlers = new Handlers(settings, {
      started: (attempt) => observers.lifecycle(startedStep(attempt, options.clock.now())),
      decided: (attempt, settlement, kept) => this.#decided(attempt, settlement, kept),
      ended: (attempt) => this.#ended(attempt),
    })
    this.#gate = new SuspectGate({
      any: () => this.#hasSuspect(),
      asking: () => this.#turns.forSuspect?.lane,
    })
    const instanceId = () => this.#instanceId
    const { clock, storage } = options
    this.#flusher = new LogFlusher(clock, storage.logs, this.#handlers.active, instanceId)
    this.#outage = new Outage('claiming and settling wait for the storage', options.onError)
  }

  /** Starts claiming in the name of an instance; again with another id after a lost lease. */
  join(instanceId: string): void {
    this.#instanceId = instanceId
    this.wake()
  }

  /** There may be work. */
  wake(): void {
    this.#wakes++
    this.#probe = true
    this.#plan()
  }

  /** Tasks that run here in the storage's eyes: claimed, started, or finished and not yet settled. */
  get held(): number {
    const ended = this.#finished.length + this.#turns.settling
    return this.#handlers.active.size + this.#lanes.waiting + ended
  }

  /** Handlers that heed nothing. */
  get unresponsive(): number {
    return this.#handlers.unresponsive
  }

  /** Starts what was claimed elsewhere at once, whatever runs beside it. */
  start(claimed: ClaimedTask): void {
    this.#lanes.of(claimed.funcName)?.enter()
    this.#begin(claimed)
  }

  /** Passes cancel requests on to the handlers they mean. */
  cancel(requests: readonly OwnedTask[]): void {
    for (const request of requests) {
      this.#handlers.cancel(request)
      this.#giveBack(({ taskId, fence }) => taskId === request.taskId && fence === request.fence)
    }
  }

  /** A request made in this process: the handler hears of it without asking the storage. */
  cancelLocally(taskId: string): void {
    this.#handlers.cancelAny(taskId)
    this.#giveBack((claimed) => claimed.taskId === taskId)
  }

  /** The storage counts more tasks of ours than run here: the answer of a claim may be lost. */
  findStrays(): void {
    this.#straysDue = true
    this.#plan()
  }

  /** The lease is lost: others own what ran here. Nothing of it may be written any more. */
  leaseLost(): void {
    this.#instanceId = null
    this.#finished = []
    for (const lane of this.#lanes.all) lane.remove(() => true)
    this.#handlers.abortAll('lease_lost', 'The lease of this instance was lost')
    this.#handlers.disown()
  }

  /** Claims nothing more; hands back what never began. */
  drain(): void {
    this.#draining = true
    this.#settled.stopping()
    for (const lane of this.#lanes.all) lane.close()
    this.#giveBack(() => true)
    this.#plan()
  }

  /** Resolves when no handler runs, or after `ms`, or when `hurry` resolves. */
  idle(ms: number, hurry: Promise<void>): Promise<void> {
    return this.#handlers.idle(ms, hurry)
  }

  abortForShutdown(): void {
    this.#handlers.abortAll('shutdown', 'The app is shutting down')
  }

  /** Gives back what still runs and commits the rest. The instance claims and settles no more. */
  async handBack(): Promise<HandBack> {
    this.#flusher.stop()
    await lastWords('handing back', () => this.#commitRest(), this.#options)
    this.#cancelTimer()
    this.#instanceId = null
    // Those that a closed executor has ended are over by now.
    return this.#settled.report(this.#handlers.unreturned)
  }

  async #commitRest(): Promise<void> {
    const { clock } = this.#options
    const rest = await Promise.all(
      this.#handlers.active.all().map(async (attempt) => {
        await attempt.log.flushing
        return { attempt, logs: attempt.log.rest(clock.now()) }
      }),
    )
    const disowned = new Set(this.#handlers.disown())
    // All at once: what is neither active nor finished would be taken for a stray.
    for (const { attempt, logs } of rest) {
      // Else it ended meanwhile.
      if (!disowned.has(attempt)) continue
      const { taskId, fence } = attempt.claimed
      this.#finish({ taskId, fence, outcome: { type: 'released' }, durationMs: 0, logs }, attempt)
    }
    await this.#quiet()
    // Without a lease nothing can be settled; a storage that is away is not waited for.
    for (let tries = 0; this.#finished.length > 0 && tries < LAST_TRIES; ) {
      if (this.#instanceId === null) break
      this.#probe = true
      this.#plan()
      await this.#quiet()
      if (this.#outage.lasting) tries++
    }
  }

  /** Sends turns once what ends at the same time has ended. */
  #plan(): void {
    if (this.#planned) return
    this.#planned = true
    queueMicrotask(() => {
      this.#planned = false
      this.#send()
    })
  }

  #send(): void {
    for (;;) {
      const instanceId = this.#instanceId
      if (instanceId === null) return
      // An answer under way may name what would look like a stray.
      if (this.#straysDue && this.#turns.size > 0) return
      if (this.#straysDue) {
        this.#track(this.#giveStraysBack(instanceId), null)
        return
      }
      const turn = this.#nextTurn(instanceId)
      if (!turn) return
      this.#track(this.#make(turn), turn)
    }
  }

  #track(work: Promise<void>, turn: Turn | null): void {
    this.#turns.add(turn, work, () => {
      this.#gate.turnOver()
      this.#plan()
    })
  }

  /** What is worth a turn now; one beside another must be worth it. */
  #nextTurn(instanceId: string): Turn | null {
    const beside = this.#turns.size > 0
    if (this.#turns.full || (this.#outage.lasting && !(this.#probe && !beside))) return null
    const wakes = this.#wakes
    const lane = this.#lanes.next(wakes)
    const carries = Math.max(this.#finished.length, lane?.wanted(wakes) ?? 0)
    if (carries < (beside ? (lane?.bulk ?? MIN_BULK) : 1)) return null
    this.#probe = false
    const suspects = lane !== undefined && this.#gate.mayAsk(lane, wakes)
    const batch = this.#finished.splice(0, MAX_SETTLE)
    if (lane) this.#lanes.asked(lane)
    return { instanceId, batch, lane, ask: lane?.ask(wakes) ?? null, suspects, wakes }
  }

  async #make(turn: Turn): Promise<void> {
    const { instanceId, batch, lane, ask, suspects, wakes } = turn
    const settle = batch.map(({ settlement }) => settlement)
    let result: TurnResult
    try {
      const claim = ask && { ...ask, suspects }
      result = checkedTurn(await this.#options.storage.turn({ instanceId, settle, claim }))
    } catch (error) {
      if (ask) lane?.failed(ask)
      this.#failed(turn, error)
      return
    }
    this.#outage.over()
    if (ask) lane?.answered(ask, result, wakes)
    if (result.released) this.#wakes++
    if (this.#settled.take(batch, result.settled)) this.#wakes++
    // The lease was lost meanwhile: others own what was claimed under it.
    if (this.#instanceId !== instanceId) return
    lane?.add(result.claimed)
    // A shutdown began meanwhile.
    if (this.#draining) this.#giveBack(() => true)
    if (lane) this.#fill(lane)
    this.cancel(result.cancels)
  }

  /** Finished work waits here, and keeps its place, until the storage is back. */
  #failed({ instanceId, batch }: Pick<Turn, 'instanceId' | 'batch'>, error: unknown): void {
    if (this.#instanceId === instanceId) this.#finished = [...batch, ...this.#finished]
    this.#cancelTimer()
    this.#cancelTimer = this.#options.clock.after(this.#outage.failed(error, Math.random()), () =>
      this.wake(),
    )
  }

  /** A task that took a process down runs here, or may come. */
  #hasSuspect(): boolean {
    if (this.#handlers.hasSuspect) return true
    if (this.#turns.forSuspect) return true
    return this.#lanes.all.some(({ backlog }) => backlog.some(({ crashes }) => crashes > 0))
  }

  #fill(lane: Lane): void {
    for (;;) {
      const claimed = lane.next()
      if (!claimed) return
      this.#begin(claimed)
    }
  }

  /** Runs what has a slot. */
  #begin(claimed: ClaimedTask): void {
    const task = this.#options.tasks.get(claimed.funcName)
    const executor = task && this.#options.executors.get(task.settings.executor)
    if (task && executor) {
      this.#flusher.start()
      this.#handlers.start(claimed, task, executor)
    } else {
      this.#lanes.of(claimed.funcName)?.leave()
      this.#finish(unstarted(claimed), null)
    }
  }

  #decided(attempt: Attempt, settlement: Settlement, kept: boolean): void {
    this.#lanes.of(attempt.claimed.funcName)?.ran(settlement.durationMs)
    if (kept && this.#instanceId !== null) this.#finish(settlement, attempt)
  }

  #ended(attempt: Attempt): void {
    const lane = this.#lanes.of(attempt.claimed.funcName)
    lane?.leave()
    // The next suspect may have waited for this one.
    if (attempt.claimed.crashes > 0) this.#wakes++
    if (lane) this.#fill(lane)
    this.#plan()
  }

  #finish(settlement: Settlement, attempt: Attempt | null): void {
    this.#finished.push({ settlement, attempt })
    this.#plan()
  }

  /** Gives back what waits for a slot and has not begun. */
  #giveBack(which: (claimed: ClaimedTask) => boolean, lanes = this.#lanes.all): void {
    for (const lane of lanes) {
      for (const claimed of lane.remove(which)) this.#finish(unstarted(claimed), null)
    }
  }

  /** Gives back what runs in our name and nobody here knows of. No turn is under way meanwhile. */
  async #giveStraysBack(instanceId: string): Promise<void> {
    let owned: OwnedTask[]
    try {
      owned = await this.#options.storage.owned({ instanceId })
    } catch (error) {
      this.#straysDue = false
      // The next beat tells again.
      this.#failed({ instanceId, batch: [] }, error)
      return
    }
    this.#straysDue = false
    if (this.#instanceId !== instanceId) return
    const running = this.#handlers.active.all().map(({ claimed }) => claimed)
    const waiting = this.#lanes.all.flatMap(({ backlog }) => backlog)
    const settlements = this.#finished.map(({ settlement }) => settlement)
    const known = [...running, ...waiting, ...settlements]
    for (const stray of straysOf(owned, known)) this.#finish(unstarted(stray), null)
  }

  /** Resolves when no turn is under way. */
  async #quiet(): Promise<void> {
    while (this.#planned || this.#turns.size > 0) await this.#turns.over()
  }
}

/** A storage of somebody's own may answer anything; a handler's process must not end by that. */
function checkedTurn(result: TurnResult): TurnResult {
  if (Array.isArray(result?.settled) && Array.isArray(result.claimed)) return result
  const message =
    'the storage answered a turn with something else than what was settled and claimed'
  throw new TaskflowError('internal', message)
}
