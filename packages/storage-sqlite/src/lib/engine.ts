import type {
  BeatInput,
  ListInput,
  LogQuery,
  MetricsQuery,
  RecoverInput,
  SeriesQuery,
  TaskStorage,
} from '@taskflow/core'
import { EngineError, isBroken, isBusy } from './errors.ts'
import { InstanceLocks } from './locks.ts'
import type { EngineOptions } from './options.ts'
import { Store } from './store.ts'
import { appendAudit, listAudit } from './verbs/audit.ts'
import { cancel, reschedule } from './verbs/change.ts'
import { head, since, watchChanges } from './verbs/changes.ts'
import { fire } from './verbs/fire.ts'
import { paused, setPaused } from './verbs/functions.ts'
import { get } from './verbs/get.ts'
import { insert } from './verbs/insert.ts'
import { beat, instances } from './verbs/instances.ts'
import { append, readLogs } from './verbs/logs.ts'
import { metrics } from './verbs/metrics.ts'
import { prune } from './verbs/prune.ts'
import { recover } from './verbs/recover.ts'
import { changeSchedules, declare, listSchedules, ticks } from './verbs/schedules.ts'
import { series } from './verbs/series.ts'
import { countLogin, endedSessions, endSession, forgetLogins } from './verbs/sessions.ts'
import { owned, turn } from './verbs/turn.ts'
import { countWaits } from './verbs/waits.ts'

/** How long a call waits for its turn to write. */
const BUSY_MS = 5_000

type Verb = (store: Store, input: never, now: number) => unknown

/** One call of a verb. */
export interface EngineCall {
  verb: VerbName
  input: unknown
}

const writes = {
  insert,
  turn,
  beat: (store: Store, input: BeatInput, now: number) => beat(store, input, now),
  recover: (store: Store, input: RecoverInput, now: number) => recover(store, input, now),
  reschedule: (store: Store, input: Parameters<TaskStorage['reschedule']>[0], now: number) =>
    reschedule(store, input, now),
  cancel,
  prune,
  appendLogs: append,
  setPaused,
  declare,
  fire,
  changeSchedules,
  appendAudit,
  countLogin,
  forgetLogins,
  endSession,
  countWaits,
} satisfies Record<string, Verb>

const reads = {
  owned,
  get,
  list: (store: Store, input: ListInput, now: number) => {
    if (lists === undefined) throw new EngineError('internal', 'Lists are not loaded.')
    return lists.list(store, input, now)
  },
  metrics: (store: Store, input: { queries: MetricsQuery[] }, now: number) =>
    metrics(store, input, now),
  readLogs: (store: Store, input: LogQuery) => readLogs(store, input),
  head: (store: Store) => head(store),
  since,
  instances: (store: Store, _input: unknown, now: number) => instances(store, now),
  paused: (store: Store) => paused(store),
  series: (store: Store, input: SeriesQuery) => series(store, input),
  listSchedules,
  ticks,
  listAudit,
  endedSessions,
} satisfies Record<string, Verb>

// drizzle takes a third of a second to load; only lists are built with it.
let lists: typeof import('./verbs/list.ts') | undefined

/** The verbs that cross the thread. */
export type VerbName = keyof typeof writes | keyof typeof reads

/** SQLite itself: opens the file, runs verbs, and waits its turn without blocking the thread. */
export class Engine {
  readonly #options: EngineOptions
  readonly #locks: InstanceLocks
  #store: Store | undefined
  #opened = false
  /** Writes that wait for the lock, the last of them; undefined when none does. */
  #line: Promise<void> | undefined

  constructor(options: EngineOptions) {
    this.#options = options
    const alone = options.file === ':memory:' || options.standIn === true
    this.#locks = new InstanceLocks(alone ? null : options.file)
  }

  /** The connection, while there is one. */
  get store(): Store | undefined {
    return this.#store
  }

  async open(): Promise<void> {
    await patiently(() => {
      this.#store ??= new Store(this.#options, this.#locks)
    }, performance.now())
    this.#opened = true
  }

  close(): void {
    this.#opened = false
    this.#store?.close()
    this.#store = undefined
    this.#locks.close()
  }

  /**
   * Answers at once, or with a promise when there is something to wait for. Writes take effect in the
   * order of their calls.
   */
  call(verb: VerbName, input: unknown): unknown {
    if (verb === 'list' && lists === undefined) {
      return import('./verbs/list.ts').then((module) => {
        lists = module
        return this.call(verb, input)
      })
    }
    const run = () => this.#run({ verb, input })
    const isWrite = verb in writes
    if (isWrite && this.#line !== undefined) return this.#waitInLine(run)
    try {
      return run()
    } catch (error) {
      if (!isBusy(error)) throw error
      return isWrite ? this.#waitInLine(run) : patiently(run, performance.now())
    }
  }

  /**
   * Several writes in one commit, one answer each. Null when they are to be called one by one: the
   * file is busy, or one of them failed and would take the others down.
   */
  callTogether(calls: readonly EngineCall[]): unknown[] | null {
    if (this.#line !== undefined) return null
    try {
      return this.#write(calls)
    } catch (error) {
      // Whether a commit that failed on disk is there is not known: to make it again would be wrong.
      if (isBroken(error)) throw error
      return null
    }
  }

  #waitInLine(run: () => unknown): Promise<unknown> {
    const since = performance.now()
    const result = (this.#line ?? Promise.resolve()).then(() => patiently(run, since))
    const line = result
      .catch(() => {})
      .then(() => {
        if (this.#line === line) this.#line = undefined
      })
    this.#line = line
    return result
  }

  #run(call: EngineCall): unknown {
    const { verb, input } = call
    if (verb in writes) return this.#write([call])[0]
    const store = this.#ready()
    return this.#attempt(() => {
      if (verb === 'head' || verb === 'since') watchChanges(store)
      const read = reads[verb as keyof typeof reads] as Verb
      return store.read(() => read(store, input as never, nowOf(input)))
    })
  }

  #write(calls: readonly EngineCall[]): unknown[] {
    const store = this.#ready()
    const one = ({ verb, input }: EngineCall) =>
      (writes[verb as keyof typeof writes] as Verb)(store, input as never, nowOf(input))
    return this.#attempt(() => store.write(() => calls.map(one)))
  }

  #attempt<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      // The next call starts from a fresh connection, so it heals as soon as the file does.
      if (isBroken(error)) this.#drop()
      throw error
    }
  }

  #ready(): Store {
    if (!this.#opened) {
      throw new EngineError('unavailable', 'The SQLite storage is not open: call open() first.')
    }
    const place = this.#store?.place() ?? 'same'
    if (place === 'missing') {
      throw new EngineError('unavailable', 'The SQLite file was deleted or moved while in use.')
    }
    if (place === 'replaced') this.#drop()
    this.#store ??= new Store({ ...this.#options, mustExist: true }, this.#locks)
    return this.#store
  }

  #drop(): void {
    if (this.#options.file === ':memory:') return
    this.#store?.close()
    this.#store = undefined
  }
}

function nowOf(input: unknown): number {
  return (input as { now?: number } | undefined)?.now ?? Date.now()
}

/**
 * Runs `work` again, with growing random pauses, while another connection holds the write lock.
 * SQLite's own waiting would block the thread.
 */
async function patiently<Result>(work: () => Result, since: number): Promise<Result> {
  for (let pause = 1; ; pause = Math.min(pause * 1.6, 50)) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() - since > BUSY_MS) throw error
    }
    await new Promise((done) => setTimeout(done, pause * (0.5 + Math.random())))
  }
}
