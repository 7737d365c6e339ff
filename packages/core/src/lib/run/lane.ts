import type { Clock } from '../clock.ts'
import type { ClaimedTask, ClaimInput, TurnResult } from '../storage/contract.ts'
import type { Task } from './define-task.ts'

/** While handlers average less, one more batch is claimed ahead of free slots. */
const FAST_MS = 5
/** While work flows, look for work of others this often; idle, the beat is the poll. */
const POLL_MS = 1_000
/** What is due but was not given to us is asked for again after this: our lease may be lost. */
const HELD_MS = 100
/** What was claimed ahead waits this long for a slot when none gets free: others may have some. */
const WAIT_MS = 1_000
/** Claimed in one turn at most: however many slots there are, a storage takes no larger number. */
const MAX_CLAIM = 10_000
/** A turn beside another one pays only for so many tasks; and fewer could be started out of order. */
export const MIN_BULK = 4

/** What a turn should claim for a lane. */
export type Ask = Pick<ClaimInput, 'limit' | 'funcNames' | 'limits'>

/** What a lane tells. */
export interface LaneEvents {
  /** It is time to look for work. */
  wake(): void
  /** What waits here for a slot should be given back. */
  stuck(lane: Lane): void
}

/**
 * Slots that some tasks share, what waits for them, and when to look for more. Tasks on executors
 * with slots of their own have a lane each, so that none waits for the slots of another.
 */
export class Lane {
  readonly #claimOf: Pick<ClaimInput, 'funcNames' | 'limits'>
  readonly #clock: Clock
  readonly #events: LaneEvents
  #concurrency: number
  /** Slots taken: by handlers that run, time-outs ignored or not. */
  #taken = 0
  /** Asked for by turns under way. */
  #asked = 0
  /** Claimed, waiting for a slot. */
  #backlog: ClaimedTask[] = []
  #averageMs = FAST_MS
  /** Reasons to look for work when a claim found less than it asked for: it rests till the next. */
  #restsAt = -1
  #cancelTimer = () => {}
  #timerAt = Number.POSITIVE_INFINITY
  /** Counts what was given a slot. */
  #begun = 0
  #watching = false

  constructor(tasks: readonly Task[], concurrency: number, clock: Clock, events: LaneEvents) {
    this.#claimOf = claimable(tasks)
    this.#concurrency = concurrency
    this.#clock = clock
    this.#events = events
  }

  get backlog(): readonly ClaimedTask[] {
    return this.#backlog
  }

  /** A turn that carries this much is worth sending beside another. */
  get bulk(): number {
    return Math.max(MIN_BULK, this.#concurrency / 2)
  }

  /** How many to claim: free slots, and a batch ahead while handlers are fast. */
  wanted(wakes: number): number {
    if (this.#restsAt === wakes) return 0
    const ahead = this.#averageMs < FAST_MS ? this.#concurrency : 0
    const spoken = this.#taken + this.#backlog.length + this.#asked
    return Math.max(0, this.#concurrency + ahead - spoken)
  }

  /** Asks for what is wanted, or as much of it as one turn brings; `answered` or `failed` must follow. */
  ask(wakes: number): Ask {
    const limit = Math.min(this.wanted(wakes), MAX_CLAIM)
    this.#asked += limit
    return { limit, ...this.#claimOf }
  }

  /** The turn with that question could not be made. */
  failed({ limit }: Ask): void {
    this.#asked -= limit
  }

  /** What the turn brought, and when to look again. `wakes` are those of the question. */
  answered({ limit }: Ask, result: TurnResult, wakes: number): void {
    this.#asked -= limit
    if (result.claimed.length === limit) return
    this.#restsAt = Math.max(this.#restsAt, wakes)
    const { nextRunAt, now } = result
    const busy = result.claimed.length > 0 || this.#taken > 0
    const soonest = result.claimed.length > 0 ? 1 : HELD_MS
    const leftMs = nextRunAt === null ? Number.POSITIVE_INFINITY : nextRunAt - now
    const dueMs = leftMs > 0 ? leftMs : soonest
    this.#lookIn(busy ? Math.min(dueMs, POLL_MS) : dueMs)
  }

  /** There is a reason to ask that is this lane's own. */
  stir(): void {
    this.#restsAt = -1
  }

  /** Puts claimed tasks where they wait for a slot. */
  add(claimed: readonly ClaimedTask[]): void {
    this.#backlog.push(...claimed)
  }

  /** Takes a slot for the task that waits longest; undefined when there is no slot or no task. */
  next(): ClaimedTask | undefined {
    if (this.#taken >= this.#concurrency) {
      this.#watch()
      return undefined
    }
    const claimed = this.#backlog.shift()
    if (claimed) {
      this.#taken++
      this.#begun++
    }
    return claimed
  }

  /** A slot is taken, also where none is free. */
  enter(): void {
    this.#taken++
  }

  /** A slot is free again. */
  leave(): void {
    this.#taken--
  }

  /** How long a handler ran: decides whether to claim ahead. */
  ran(durationMs: number): void {
    this.#averageMs += (durationMs - this.#averageMs) / 16
  }

  /** Removes tasks that have not begun, and returns them. */
  remove(which: (claimed: ClaimedTask) => boolean): ClaimedTask[] {
    const gone = this.#backlog.filter(which)
    if (gone.length > 0) this.#backlog = this.#backlog.filter((claimed) => !gone.includes(claimed))
    return gone
  }

  /** Starts nothing any more. */
  close(): void {
    this.#concurrency = 0
    this.#cancelTimer()
  }

  /** An earlier look that is planned already stays: of two answers the older one may come last. */
  #lookIn(ms: number): void {
    const at = this.#clock.monotonic() + ms
    if (at >= this.#timerAt || this.#concurrency === 0) return
    this.#cancelTimer()
    this.#timerAt = at
    this.#cancelTimer = this.#clock.after(ms, () => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#events.wake()
    })
  }

  /**
   * Handlers were fast, so more was claimed than there are slots: should those that run turn out slow,
   * it is given back.
   */
  #watch(): void {
    if (this.#watching || this.#backlog.length === 0) return
    this.#watching = true
    const begun = this.#begun
    this.#clock.after(WAIT_MS, () => {
      this.#watching = false
      if (this.#begun !== begun) return this.#watch()
      if (this.#backlog.length === 0) return
      this.#averageMs = FAST_MS
      this.#events.stuck(this)
    })
  }
}

/** The functions to claim, and their limits. */
function claimable(tasks: readonly Task[]): Pick<ClaimInput, 'funcNames' | 'limits'> {
  const limits = tasks.flatMap(({ name, settings: { concurrency, rateLimit } }) =>
    concurrency === null && rateLimit === null
      ? []
      : {
          funcName: name,
          concurrency: concurrency ?? undefined,
          rateLimit: rateLimit ?? undefined,
        },
  )
  const funcNames = tasks.map(({ name }) => name)
  return { funcNames, limits: limits.length > 0 ? limits : undefined }
}
