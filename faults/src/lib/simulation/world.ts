import {
  memoryStorage,
  StorageUnavailableError,
  TaskManager,
  type TaskRef,
  type TaskStorage,
} from '@taskflow/core'
import { type Random, randomOf } from '../random.ts'
import { readAll } from './differential.ts'
import { Ledger } from './ledger.ts'
import { CALM, Network, through, type Weather } from './network.ts'
import { type RecordedCall, recorded } from './recorder.ts'
import { Referee } from './referee.ts'
import { epochOf, SimProcess } from './sim-process.ts'
import { type Variant, withBroken } from './variants.ts'
import { VirtualTime } from './virtual-time.ts'
import { type AppVersion, FAR, VERSIONS, type Work, workload } from './workload.ts'

/** A process that runs a manager. */
export interface SimApp {
  /** For people, such as 'p3 (version 1)'. */
  name: string
  version: number
  process: SimProcess
  manager: TaskManager
  work: ReturnType<typeof workload>
}

/** What a world is made with, beside its seed. */
export interface WorldOptions {
  /** Breaks the storage. [it is good] */
  variant?: Variant | undefined
  /** Takes what the storage was asked, in order. [nothing is kept] */
  calls?: RecordedCall[] | undefined
}

/** Processes, a storage, and the network between them, all made from one seed. */
export class World {
  readonly time = new VirtualTime()
  /** What fate does: to the network, in handlers, within managers. */
  readonly random: Random
  /** What is chosen in the present step. */
  choices: Random
  /** What is deployed: processes that start are of this version, most of them. */
  version = 0
  readonly ledger = new Ledger()
  /** What is stored, to look at. */
  readonly memory: TaskStorage
  /** The same, for what operators do past all managers. */
  readonly operator: TaskStorage
  readonly referee: Referee
  readonly network: Network
  readonly weather: Weather
  apps: SimApp[] = []
  /** Stops that are under way. */
  readonly stops: Promise<unknown>[] = []
  /** Whether instances tell each other at once what they did. */
  readonly #hints: boolean
  readonly #listeners = new Map<SimProcess, () => void>()
  readonly #storage: TaskStorage
  readonly #variant: Variant | undefined
  readonly #calls: readonly RecordedCall[]
  readonly #keepsCalls: boolean
  #clockOffsetMs = 0
  #numbers = 0
  #processes = 0

  constructor(seed: number, { variant, calls }: WorldOptions = {}) {
    const random = randomOf(seed)
    this.random = random
    this.choices = random
    this.#variant = variant
    const now = () => epochOf(this.time, this.#clockOffsetMs)
    const memory = memoryStorage({ now })
    this.memory = memory
    this.referee = new Referee({ memory, time: this.time, ledger: this.ledger, now })
    const kept = calls ? recorded(memory, now, calls) : memory
    this.#calls = calls ?? []
    this.#keepsCalls = calls !== undefined
    this.#storage = this.referee.watch(variant ? withBroken(kept, variant) : kept)
    this.operator = this.#storage
    this.network = new Network(this.time, random, seed % 8 === 0)
    this.#hints = random.chance(0.5)
    const bad = random.pick([0, 0.02, 0.1])
    const delayed = random.pick([0, 0.1, 0.4])
    this.weather = {
      refused: bad,
      lost: bad,
      delayed,
      delayMs: 3_000,
      unheard: random.pick([0, 0.5]),
    }
    this.network.weather = this.weather
  }

  /** Starts a process; it is tried until its manager has joined. */
  async join(version = this.#versionToStart()): Promise<SimApp> {
    const process = new SimProcess(this.time)
    process.skewMs = this.choices.pick([0, 0, -3_600_000, 3_600_000])
    const { everyMs, without } = VERSIONS[version] as AppVersion
    const { random, ledger, referee } = this
    const violated = (what: string) => referee.violated(what)
    const work = workload({ clock: process.clock, random, ledger, violated, without })
    const storage = through(this.network, process, this.#storage, async (listener) => {
      if (this.#hints) this.#listeners.set(process, () => listener.hint('work'))
      return async () => void this.#listeners.delete(process)
    })
    const manager = new TaskManager({
      tasks: work.all,
      clock: process.clock,
      storage,
      executors: [FAR],
      concurrency: 1 + this.choices.below(6),
      cancelGraceMs: 2_000,
      maxCrashes: 3,
      onError: () => {},
    })
    // Its definition is hashed, which takes real time: not while the world's time passes.
    await manager.schedule(work.ticker, { everyMs }, { overlap: 'allow' })
    const attempt = { state: 'failed' as 'starting' | 'failed' | 'started' }
    while (attempt.state !== 'started') {
      if (attempt.state === 'failed') {
        attempt.state = 'starting'
        void manager.start().then(
          () => {
            attempt.state = 'started'
          },
          () => {
            attempt.state = 'failed'
          },
        )
      }
      await this.time.advance(500)
    }
    const name = `p${++this.#processes} (version ${version})`
    const app = { name, version, process, manager, work }
    this.apps.push(app)
    return app
  }

  /** One of the processes that run. */
  one(): SimApp {
    return this.choices.pick(this.apps)
  }

  /** Takes a process out of those that run. */
  leave(app: SimApp): void {
    this.apps = this.apps.filter((other) => other !== app)
  }

  /** Sets the storage's clock. While calls are kept it only goes forward: see `firstDifference`. */
  stepClock(ms: number): void {
    this.referee.claims.latest()
    this.#clockOffsetMs += this.#keepsCalls ? Math.abs(ms) : ms
  }

  /** Enqueues some tasks of one kind; what becomes of the call is written down. */
  enqueue(): string {
    const { choices, ledger } = this
    const { manager, work, name } = this.one()
    const task = choices.pick(work.enqueued)
    const items = Array.from({ length: 1 + choices.below(4) }, () => ({
      payload: this.#work(),
      options: this.#options(),
    }))
    const call = manager.enqueueMany<Work, unknown>(task, items)
    void call.then(
      (refs) => void this.#accepted(refs),
      (error: unknown) => {
        if (!(error instanceof StorageUnavailableError) || error.committed !== 'no') return
        for (const { payload } of items) ledger.refused.add(payload.n)
      },
    )
    this.#tell()
    return `enqueue ${items.length} of ${task.name}, by ${name}`
  }

  /** Enqueues a task from within a request, whose response ends a while later. */
  request(): string {
    const { choices, ledger, time } = this
    const { manager, work, name, process } = this.one()
    const task = choices.pick(work.enqueued)
    const payload = this.#work()
    const ms = choices.below(20_000)
    const tasks = manager.forRequest()
    ledger.held.add(payload.n)
    const end = () => {
      ledger.held.delete(payload.n)
      void tasks.release().catch(() => {})
    }
    void tasks.enqueue<Work, unknown>(task, payload).then(
      (ref) => void this.#accepted([ref]),
      () => {},
    )
    if (this.#variant?.endsRequestsEarly) void tasks.release().catch(() => {})
    time.after(ms, () => process.deliver(end))
    return `a request of ${ms} ms enqueues ${task.name}, by ${name}`
  }

  /** All goes well from here on. */
  heal(): void {
    this.network.weather = CALM
    this.network.down = false
    for (const { process } of this.apps) {
      process.cutOff = false
      process.resume()
    }
  }

  #versionToStart(): number {
    const isLeftBehind = this.choices.chance(0.2)
    return isLeftBehind ? this.choices.below(VERSIONS.length) : this.version
  }

  #work(): Work {
    return { n: this.#numbers++, ms: this.choices.below(4_000) }
  }

  #options() {
    const { choices: random, ledger } = this
    const known = [...ledger.accepted].slice(-20)
    const parent = known.length > 0 && random.chance(0.25) ? [random.pick(known)] : undefined
    return {
      ...(parent && {
        dependsOn: parent,
        onParentFailure: random.pick(['fail', 'run'] as const),
      }),
      ...(random.chance(0.2) && { delayMs: random.below(10_000) }),
      ...(random.chance(0.2) && { priority: random.below(3) }),
      ...(random.chance(0.15) && { idempotencyKey: `key-${random.below(4)}` }),
    }
  }

  async #accepted(refs: TaskRef[]): Promise<void> {
    const taskIds = refs.map(({ taskId }) => taskId)
    for (const taskId of taskIds) this.ledger.accepted.add(taskId)
    const stored = await this.memory.get({ taskIds })
    stored.forEach((task, n) => {
      if (!task) this.referee.violated(`${taskIds[n]} was accepted and does not exist`)
    })
  }

  /** Asks for all tasks and their logs, so that they are among what was asked. */
  async readAll(): Promise<void> {
    await readAll(this.#storage, [...this.#calls])
  }

  /** Whoever listens hears, now or later, that there is work. */
  #tell(): void {
    for (const [process, tell] of this.#listeners) this.network.hint(process, tell)
  }
}
