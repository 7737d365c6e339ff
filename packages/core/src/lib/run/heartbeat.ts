import type {
  BeatInput,
  BeatResult,
  FunctionInfo,
  OwnedTask,
  RecoveredTask,
  Settlement,
  TaskStorage,
} from '../storage/contract.ts'
import type { StandIn } from '../storage/parts.ts'
import { describeTask } from './define-task.ts'
import { BEAT_MS, InstanceWatch, LEASE_MS } from './instance-watch.ts'
import type { ResolvedOptions } from './options.ts'
import { Outage } from './outage.ts'

/** A claim may commit after the burial of its owner, and children may wait for a release that was lost. */
const BEATS_PER_SWEEP = 20
/** How long the second crash of a task holds it back. */
const CRASH_DELAY_MS = 10_000

/** What the heartbeat tells the rest of the manager. */
export interface HeartbeatEvents {
  /** This instance holds a lease under a new id. */
  joined(instanceId: string): void
  /** The lease is gone; a new id follows with `joined`. */
  lost(): void
  cancels(requests: OwnedTask[]): void
  /** Work is due, or was freed. */
  workDue(): void
  running(): number
  unresponsive(): number
  /** A beat that was sent at `sentAt` of the monotonic clock was answered. */
  answered(result: BeatResult, sentAt: number): void
  /** What the code of this instance declares for a function. */
  schedulesOf(funcName: string): NonNullable<FunctionInfo['schedules']>
  /** More tasks run in our name than `running` counts. */
  strays(): void
  /** Tasks were taken over from instances that are dead. */
  recovered(freed: RecoveredTask[]): Promise<void>
}

/**
 * Keeps this instance's lease alive, and buries those whose lease nobody keeps. One small write
 * every 3 s, whatever the number of tasks, and more only while the lease of another runs out. While
 * the event loop is blocked the storage's stand-in beats, where there is one.
 */
export class Heartbeat {
  readonly #options: ResolvedOptions
  readonly #storage: TaskStorage
  readonly #events: HeartbeatEvents
  readonly #identity: { host: string; pid: number; version: string }
  readonly #watch = new InstanceWatch()
  readonly #outage: Outage
  #instanceId = ''
  #standIn: StandIn | null = null
  /** Last number given out, without a stand-in. */
  #beat = -1
  #acked = -1
  /** Answered beats of all leases. */
  #beats = 0
  /** False until a beat of this id was answered and `joined` has been told. */
  #joined = false
  #state: 'running' | 'draining' = 'running'
  #cancelTimer = () => {}
  #beating: Promise<void> = Promise.resolve()
  #underWay = false
  /** Asked for a beat while one was under way, whose answer may be older than the question. */
  #again = false
  #stopped = false

  constructor(
    options: ResolvedOptions,
    identity: { host: string; pid: number; version: string },
    events: HeartbeatEvents,
  ) {
    this.#options = options
    this.#storage = options.storage
    this.#events = events
    this.#identity = identity
    this.#outage = new Outage('the heartbeat waits for the storage', options.onError)
  }

  get instanceId(): string {
    return this.#instanceId
  }

  /** Joins, then beats until `leave`. */
  async start(): Promise<void> {
    const { heartbeat, maxBlockMs, onError } = this.#options
    if (heartbeat === 'thread') {
      this.#standIn ??= this.#storage.standIn?.({ everyMs: BEAT_MS, maxBlockMs, onError }) ?? null
    }
    const joining = this.#join()
    // So that `leave` waits for it; who called hears of a failure.
    this.#beating = joining.catch(() => {})
    try {
      await joining
    } catch (error) {
      // Nobody leaves what was never joined: it would beat on by itself.
      await this.#standIn?.close()
      this.#standIn = null
      throw error
    }
    this.#next(BEAT_MS)
  }

  /** Beats at once, to hear what the answer tells. */
  beatNow(): void {
    if (this.#stopped || !this.#joined) return
    this.#again = this.#underWay
    if (this.#underWay) return
    this.#cancelTimer()
    this.#beating = this.#tick()
  }

  /**
   * An attempt begins that has so long: should the event loop be blocked then, `settlement` ends it.
   * Returns what tells that it is over.
   */
  limit(inMs: number, settlement: () => Settlement): () => void {
    const standIn = this.#standIn
    // Blocked for longer it is dead before that.
    if (standIn === null || inMs > this.#options.maxBlockMs) return () => {}
    return standIn.limit(inMs, settlement())
  }

  drain(): void {
    this.#state = 'draining'
  }

  async leave(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer()
    await this.#beating
    try {
      if (this.#instanceId) await this.#send(true)
    } finally {
      await this.#standIn?.close()
    }
  }

  async #join(): Promise<void> {
    this.#instanceId = newInstanceId(this.#identity.host)
    this.#standIn?.reset()
    this.#beat = -1
    this.#acked = -1
    this.#joined = false
    await this.#once()
  }

  #next(delayMs: number): void {
    if (this.#stopped) return
    this.#cancelTimer = this.#options.clock.after(delayMs, () => {
      this.#beating = this.#tick()
    })
  }

  async #tick(): Promise<void> {
    this.#underWay = true
    try {
      await this.#once()
      this.#outage.over()
      this.#next(this.#again ? 0 : this.#watch.restMs)
      this.#again = false
    } catch (error) {
      this.#watch.interrupted()
      this.#next(Math.min(this.#outage.failed(error, Math.random()), BEAT_MS))
    } finally {
      this.#underWay = false
    }
  }

  async #once(): Promise<void> {
    const result = await this.#send(false)
    if (!result.alive) {
      this.#events.lost()
      await this.#join()
      return
    }
    if (result.owned > this.#events.running()) this.#events.strays()
    if (result.cancels.length > 0) this.#events.cancels(result.cancels)
    if (result.nextRunAt !== null && result.nextRunAt <= result.now) this.#events.workDue()
    const dead = this.#watch.look(result.others, this.#options.clock.monotonic())
    // Joining, and now and then a beat, also finds tasks whose owner has no lease at all any more.
    const sweeps = ++this.#beats % BEATS_PER_SWEEP === 0
    if (dead.length > 0 || !this.#joined || sweeps) await this.#recover(dead)
    if (this.#joined) return
    // Not always with beat 0: its answer may have been lost.
    this.#joined = true
    this.#events.joined(this.#instanceId)
  }

  async #recover(dead: { instanceId: string; beat: number }[]): Promise<void> {
    for (;;) {
      const { maxCrashes } = this.#options
      const freed = await this.#storage.recover({ dead, maxCrashes, crashDelayMs: CRASH_DELAY_MS })
      if (freed.length === 0) return
      // First, so that observers hear of it before it starts again.
      await this.#events.recovered(freed)
      this.#events.workDue()
    }
  }

  async #send(leaving: boolean) {
    const functions = [...this.#options.tasks.values()].map((task) => {
      const schedules = this.#events.schedulesOf(task.name)
      return { ...describeTask(task), ...(schedules.length > 0 && { schedules }) }
    })
    const beat = this.#standIn?.next() ?? ++this.#beat
    const input: BeatInput = {
      instance: { instanceId: this.#instanceId, ...this.#identity, functions },
      beat,
      acked: this.#acked < 0 ? undefined : this.#acked,
      leaseMs: LEASE_MS,
      running: this.#events.running(),
      unresponsive: this.#events.unresponsive(),
      state: this.#state,
      leaving,
    }
    this.#standIn?.beating(input)
    const sentAt = this.#options.clock.monotonic()
    const result = await this.#storage.beat(input)
    if (result.alive) this.#acked = beat
    this.#events.answered(result, sentAt)
    return result
  }
}

/** New for each lease, and begins with the host's name, so that people can tell instances apart. */
function newInstanceId(host: string): string {
  const name = host.replaceAll(/[^\w-]/g, '-').slice(0, 40)
  return `${name}-${crypto.randomUUID().slice(0, 8)}`
}
