import type {
  AuditStorage,
  BeatInput,
  BeatResult,
  CancelResult,
  ChangeFeed,
  ChangeResult,
  FunctionStorage,
  HintListener,
  InsertResult,
  InstanceDirectory,
  ListenFunction,
  ListInput,
  ListResult,
  LogStorage,
  NewTask,
  OwnedTask,
  RecoveredTask,
  RecoverInput,
  ScheduleStorage,
  SeriesStorage,
  SessionStorage,
  Settlement,
  SettleResult,
  StandInFunction,
  StorageHint,
  StoredTask,
  TaskInserter,
  TaskMetrics,
  TaskStorage,
  TurnInput,
  TurnResult,
} from '@taskflow/core'
import { StorageUnavailableError } from '@taskflow/core'
import { beatStandIn, needPeer } from '@taskflow/core/node'
import { standInUrl } from '../paths.ts'
import { toError } from './errors.ts'
import { Notifier } from './hints.ts'
import { Listening } from './listening.ts'
import { expectCurrent, migrate } from './migrate.ts'
import { type CheckedOptions, checkOptions, type PostgresStorageOptions } from './options.ts'
import { connect, Store } from './store.ts'
import { type HostTransaction, inserterFor } from './using.ts'
import { appendAudit, listAudit } from './verbs/audit.ts'
import { cancel, reschedule } from './verbs/change.ts'
import { head, since } from './verbs/changes.ts'
import { fire } from './verbs/fire.ts'
import { paused, setPaused } from './verbs/functions.ts'
import { get } from './verbs/get.ts'
import { housekeeping } from './verbs/housekeeping.ts'
import { insert } from './verbs/insert.ts'
import { beat, instances } from './verbs/instances.ts'
import { append, readLogs } from './verbs/logs.ts'
import { metrics } from './verbs/metrics.ts'
import { prune } from './verbs/prune.ts'
import { recover } from './verbs/recover.ts'
import { changeSchedules, declare, listSchedules, listTicks } from './verbs/schedules.ts'
import { series } from './verbs/series.ts'
import { countLogin, endedSessions, endSession, forgetLogins } from './verbs/sessions.ts'
import { owned, turn } from './verbs/turn.ts'
import { countWaits } from './verbs/waits.ts'

/** How often one instance looks whether there is something to tidy up. */
const TIDY_MS = 60_000

/** A storage that can also insert in the app's own transactions. */
export interface PostgresStorage extends TaskStorage {
  /**
   * Inserts in a transaction of the app's own on the same database: tasks exist, and start, once it
   * is committed. Takes a transaction of postgres.js, a client of `pg`, or a drizzle transaction on
   * one of them. The storage must be open.
   *
   * @example
   * await sql.begin(async (tx) => {
   *   await tx`insert into orders ...`
   *   await tasks.enqueue(sendReceipt, { order }, { via: storage.using(tx) })
   * })
   */
  using(transaction: HostTransaction): TaskInserter
}

/**
 * Tasks in a Postgres database (13 or newer) that any number of processes and machines may share.
 */
export function postgresStorage(options: PostgresStorageOptions): PostgresStorage {
  return new Storage(options)
}

type Input<Verb extends keyof TaskStorage> = TaskStorage[Verb] extends (
  input: infer Value,
) => unknown
  ? Value
  : never

class Storage implements PostgresStorage {
  readonly name = 'postgres'
  readonly logs: LogStorage = {
    append: async (input) => {
      const results = await append(await this.#opened(), input)
      this.#tell('changes')
      return results
    },
    read: async (input) => readLogs(await this.#opened(), input),
  }
  readonly changes: ChangeFeed = {
    head: async () => head(await this.#opened()),
    since: async (input) => since(await this.#opened(), input),
  }
  readonly instances: InstanceDirectory = {
    list: async (input) => instances(await this.#opened(), input),
  }
  readonly functions: FunctionStorage = {
    setPaused: async (input) => {
      const store = await this.#opened()
      const results = await setPaused(store, input)
      if (!input.paused) this.#freed(store, 'work')
      return results
    },
    paused: async () => paused(await this.#opened()),
  }
  readonly series: SeriesStorage = {
    read: async (query) => series(await this.#opened(), query),
    countWaits: async (input) => countWaits(await this.#opened(), input),
  }
  readonly schedules: ScheduleStorage = {
    declare: async (input) => {
      const results = await declare(await this.#opened(), input)
      this.#tell('schedules')
      return results
    },
    list: async (input) => listSchedules(await this.#opened(), input),
    fire: async (input) => {
      const store = await this.#opened()
      const results = await fire(store, input)
      lowerFloors(
        store,
        input.ticks.flatMap(({ task }) => task ?? []),
      )
      if (results.some(({ result }) => result !== 'taken')) this.#tell('work', 'changes')
      return results
    },
    change: async (input) => {
      const results = await changeSchedules(await this.#opened(), input)
      this.#tell('schedules')
      return results
    },
    ticks: async (input) => listTicks(await this.#opened(), input),
  }
  readonly audit: AuditStorage = {
    append: async (input) => appendAudit(await this.#opened(), input),
    list: async (query) => listAudit(await this.#opened(), query),
  }
  readonly sessions: SessionStorage = {
    countLogin: async (input) => countLogin(await this.#opened(), input),
    forgetLogins: async (input) => forgetLogins(await this.#opened(), input),
    end: async (input) => endSession(await this.#opened(), input),
    ended: async (input) => endedSessions(await this.#opened(), input),
  }
  readonly listen?: ListenFunction
  readonly standIn?: StandInFunction
  readonly #options: CheckedOptions
  /** The open store; the promise is kept so that calls at once open it once. */
  #store: Promise<Store> | undefined
  #listening: Listening | undefined
  #notifier: Notifier | undefined
  #tidiedAt = performance.now()

  constructor(options: PostgresStorageOptions) {
    const { sql, ...plain } = checkOptions(options)
    this.#options = { sql, ...plain }
    if (plain.listen) this.listen = async (listener) => this.#listen(listener)
    // A client cannot be handed to another thread, nor what it needs to connect.
    if (sql === undefined) {
      const data = { ...plain, max: 1, listen: false, migrate: false }
      this.standIn = (options) => beatStandIn({ worker: standInUrl, data }, options)
    }
  }

  using(transaction: HostTransaction): TaskInserter {
    return inserterFor(() => this.#opened(), transaction)
  }

  async open(): Promise<void> {
    if (this.#store === undefined) {
      const store = this.#start()
      this.#store = store
      store.catch(() => {
        if (this.#store === store) this.#store = undefined
      })
    }
    await this.#store
  }

  async close(): Promise<void> {
    const opening = this.#store
    this.#store = undefined
    this.#listening?.close()
    this.#notifier?.close()
    const store = await opening?.catch(() => undefined)
    await store?.close()
  }

  async insert(input: Input<'insert'>): Promise<InsertResult[]> {
    const store = await this.#opened()
    const results = await insert(store, input)
    lowerFloors(store, input.tasks)
    if (results.some(({ duplicate }) => !duplicate)) this.#tell('work', 'changes')
    return results
  }

  async turn(input: TurnInput): Promise<TurnResult> {
    const store = await this.#opened()
    const result = await turn(store, input)
    if (result.released || input.settle.some(isPutBack)) store.floors.forget()
    const isChanged = result.claimed.length > 0 || result.settled.length > 0
    const isDue = result.released || result.settled.some(isPending)
    if (isChanged || isDue) this.#tell('changes', ...(isDue ? (['work'] as const) : []))
    return result
  }

  async beat(input: BeatInput): Promise<BeatResult> {
    const store = await this.#opened()
    const result = await beat(store, input, this.#listening?.echo() ?? null)
    if (performance.now() - this.#tidiedAt > TIDY_MS) {
      this.#tidiedAt = performance.now()
      // Nobody waits for it, and the next one does what this one could not.
      void housekeeping(store).then(
        (released) => released && this.#freed(store, 'work', 'changes'),
        () => {},
      )
    }
    return result
  }

  async owned(input: Input<'owned'>): Promise<OwnedTask[]> {
    return owned(await this.#opened(), input)
  }

  async recover(input: RecoverInput): Promise<RecoveredTask[]> {
    const store = await this.#opened()
    const freed = await recover(store, input)
    if (freed.length > 0) this.#freed(store, 'work', 'changes')
    return freed
  }

  async reschedule(input: Input<'reschedule'>): Promise<ChangeResult[]> {
    const store = await this.#opened()
    const results = await reschedule(store, input)
    const isChanged = results.some(({ result }) => result === 'changed')
    if (isChanged) this.#freed(store, 'work', 'changes')
    return results
  }

  async cancel(input: Input<'cancel'>): Promise<CancelResult[]> {
    const store = await this.#opened()
    const results = await cancel(store, input)
    const isDone = results.some(({ result }) => result === 'cancelled' || result === 'requested')
    if (isDone) this.#freed(store, 'cancels', 'changes', 'work')
    return results
  }

  async get(input: Input<'get'>): Promise<(StoredTask | null)[]> {
    return get(await this.#opened(), input)
  }

  async list(input: ListInput): Promise<ListResult> {
    // drizzle takes a third of a second to load; only lists are built with it.
    const [{ list }, store] = await Promise.all([import('./verbs/list.ts'), this.#opened()])
    return list(store, input)
  }

  async metrics(input: Input<'metrics'>): Promise<TaskMetrics[]> {
    return metrics(await this.#opened(), input)
  }

  async prune(input: Input<'prune'>): Promise<{ deleted: number }> {
    return prune(await this.#opened(), input)
  }

  async #listen(listener: HintListener): Promise<() => Promise<void>> {
    const store = await this.#opened()
    // Closed meanwhile: nobody would end it any more.
    if (this.#store === undefined) await this.#opened()
    this.#listening ??= new Listening(this.#options, store.epoch)
    return this.#listening.add(listener)
  }

  /** As `tell`, where tasks may have become ready that are due earlier than those seen so far. */
  #freed(store: Store, ...kinds: StorageHint[]): void {
    store.floors.forget()
    this.#tell(...kinds)
  }

  /** Hints to others, after the commit. */
  #tell(...kinds: StorageHint[]): void {
    this.#notifier?.tell(...kinds)
  }

  #opened(): Promise<Store> {
    if (this.#store !== undefined) return this.#store
    return Promise.reject(
      new StorageUnavailableError(
        'The Postgres storage is not open: open() it, or start the manager, before.',
      ),
    )
  }

  async #start(): Promise<Store> {
    await needPeer({
      name: 'drizzle-orm',
      neededBy: '@taskflow/storage-postgres',
      resolve: () => import.meta.resolve('drizzle-orm'),
      load: () => import('./verbs/list.ts'),
    })
    const { schema } = this.#options
    const sql = this.#options.sql ?? connect(this.#options, 1, {})
    try {
      const epoch = await (this.#options.migrate
        ? migrate(sql, schema)
        : expectCurrent(sql, schema))
      const store = new Store(this.#options, epoch)
      if (this.#options.listen) this.#notifier = new Notifier(store)
      return store
    } catch (error) {
      throw toError(error, 'no')
    } finally {
      if (sql !== this.#options.sql) void sql.end({ timeout: 1 })
    }
  }
}

/** Pending again with the instant at which it was due before. */
function isPutBack({ outcome }: Settlement): boolean {
  return outcome.type === 'unstarted' || outcome.type === 'released'
}

/** Tasks were stored that may be due before what claims begin at. */
function lowerFloors(store: Store, tasks: readonly NewTask[]): void {
  const runAt = tasks.reduce((least, { runAt = least }) => Math.min(least, runAt), Infinity)
  if (runAt !== Infinity) store.floors.lower(runAt)
}

function isPending(result: SettleResult): boolean {
  return result.result === 'settled' && result.status === 'pending'
}
