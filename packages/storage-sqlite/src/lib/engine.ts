import type {
  BeatInput,
  ListInput,
  LogQuery,
  MetricsQuery,
  NewTask,
  RecoverInput,
  TaskStorage,
  TurnInput,
} from '@taskflow/core'
import { EngineError, isBroken, isBusy } from './errors.ts'
import { InstanceLocks } from './locks.ts'
import type { EngineOptions } from './options.ts'
import { Store } from './store.ts'
import { cancel, reschedule } from './verbs/change.ts'
import { head, since } from './verbs/changes.ts'
import { get } from './verbs/get.ts'
import { insert } from './verbs/insert.ts'
import { beat, instances } from './verbs/instances.ts'
import { append, readLogs } from './verbs/logs.ts'
import { metrics } from './verbs/metrics.ts'
import { prune } from './verbs/prune.ts'
import { recover } from './verbs/recover.ts'
import { owned, turn } from './verbs/turn.ts'

/** How long a call waits for its turn to write. */
const BUSY_MS = 5_000

type Verb = (store: Store, input: never, now: number) => unknown

const writes = {
  insert: (store: Store, input: { tasks: NewTask[] }, now: number) => insert(store, input, now),
  turn: (store: Store, input: TurnInput, now: number) => turn(store, input, now),
  beat: (store: Store, input: BeatInput, now: number) => beat(store, input, now),
  recover: (store: Store, input: RecoverInput, now: number) => recover(store, input, now),
  reschedule: (store: Store, input: Parameters<TaskStorage['reschedule']>[0], now: number) =>
    reschedule(store, input, now),
  cancel: (store: Store, input: Parameters<TaskStorage['cancel']>[0], now: number) =>
    cancel(store, input, now),
  prune: (store: Store, input: Parameters<TaskStorage['prune']>[0]) => prune(store, input),
  appendLogs: append,
}

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
}

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

  constructor(options: EngineOptions) {
    this.#options = options
    this.#locks = new InstanceLocks(options.file === ':memory:' ? null : options.file)
  }

  async open(): Promise<void> {
    await patiently(() => {
      this.#store ??= new Store(this.#options, this.#locks)
    })
    this.#opened = true
  }

  close(): void {
    this.#opened = false
    this.#store?.close()
    this.#store = undefined
    this.#locks.close()
  }

  async call(verb: VerbName, input: unknown): Promise<unknown> {
    if (verb === 'list') lists ??= await import('./verbs/list.ts')
    return patiently(() => {
      const store = this.#ready()
      const now = (input as { now?: number } | undefined)?.now ?? Date.now()
      const args = [store, input as never, now] as const
      try {
        if (verb in writes) {
          const run = writes[verb as keyof typeof writes] as Verb
          return store.write(() => run(...args))
        }
        const run = reads[verb as keyof typeof reads] as Verb
        return store.read(() => run(...args))
      } catch (error) {
        // The next call starts from a fresh connection, so it heals as soon as the file does.
        if (isBroken(error)) this.#drop()
        throw error
      }
    })
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

/**
 * Runs `work` again, with growing random pauses, while another connection holds the write lock.
 * SQLite's own waiting would block the thread.
 */
async function patiently<Result>(work: () => Result): Promise<Result> {
  const start = performance.now()
  for (let pause = 1; ; pause = Math.min(pause * 1.6, 50)) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() - start > BUSY_MS) throw error
    }
    await new Promise((done) => setTimeout(done, pause * (0.5 + Math.random())))
  }
}
