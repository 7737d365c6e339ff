import {
  type AuditStorage,
  type ChangeFeed,
  type FunctionStorage,
  type InstanceDirectory,
  type ListenFunction,
  type LogStorage,
  type ScheduleStorage,
  type SeriesStorage,
  type SessionStorage,
  type StandInFunction,
  StorageUnavailableError,
  type TaskInserter,
  type TaskStorage,
} from '@taskflow/core'
import { beatStandIn, needPeer } from '@taskflow/core/node'
import { standInUrl } from '../paths.ts'
import type { Question } from './engine-host.ts'
import { Listeners } from './listeners.ts'
import type { EngineOptions } from './options.ts'
import { packChained, packInsert, packSettlements } from './pack.ts'
import type { SqliteStorage } from './sqlite-storage.ts'
import { type Channel, localChannel, WorkerChannel } from './thread.ts'
import { toError } from './to-error.ts'
import { unpackInsert, unpackTurn } from './unpack.ts'
import { type HostDatabase, inserterFor } from './using.ts'

/** The storage on its engine, wherever that runs. */
export class EngineStorage implements SqliteStorage {
  readonly name = 'sqlite'
  readonly inOrder = true
  readonly logs: LogStorage = {
    append: (input) => this.#call('appendLogs', input),
    read: (input) => this.#call('readLogs', input),
  }
  readonly changes: ChangeFeed = {
    head: () => this.#call('head', undefined),
    since: (input) => this.#call('since', input),
  }
  readonly instances: InstanceDirectory = {
    list: (input) => this.#call('instances', input),
  }
  readonly functions: FunctionStorage = {
    setPaused: (input) => this.#call('setPaused', input),
    paused: () => this.#call('paused', undefined),
  }
  readonly series: SeriesStorage = {
    read: (input) => this.#call('series', input),
    countWaits: (input) => this.#call('countWaits', input),
  }
  readonly schedules: ScheduleStorage = {
    declare: (input) => this.#call('declare', input),
    list: (input) => this.#call('listSchedules', input),
    fire: ({ ticks, now }) =>
      this.#call('fire', {
        ticks: ticks.map(({ task, ...tick }) => ({
          ...tick,
          task: task === null ? null : packInsert({ tasks: [task] }),
        })),
        now,
      }),
    change: (input) => this.#call('changeSchedules', input),
    ticks: (input) => this.#call('ticks', input),
  }
  readonly audit: AuditStorage = {
    append: (input) => this.#call('appendAudit', input),
    list: (input) => this.#call('listAudit', input),
  }
  readonly sessions: SessionStorage = {
    countLogin: (input) => this.#call('countLogin', input),
    forgetLogins: (input) => this.#call('forgetLogins', input),
    end: (input) => this.#call('endSession', input),
    ended: (input) => this.#call('endedSessions', input),
  }
  readonly #options: EngineOptions & { worker: boolean }
  readonly #listeners = new Listeners()
  /** The open engine; the promise is kept so that calls at once open it once. */
  #channel: Promise<Channel> | undefined
  #usable = () => false
  /** It was open, so that the file is there and calls find it again. */
  #opened = false

  constructor(options: EngineOptions & { worker: boolean }) {
    this.#options = options
  }

  readonly standIn: StandInFunction = (options) => {
    const { worker: _, ...engine } = this.#options
    return beatStandIn({ worker: standInUrl, data: engine }, options)
  }

  readonly listen: ListenFunction = async (listener) => {
    const channel = await this.#ready()
    const remove = this.#listeners.add(listener)
    try {
      if (this.#listeners.size === 1) await channel.call('watch', true)
    } catch (error) {
      remove()
      throw toError(error)
    }
    return async () => {
      remove()
      const open = await this.#channel?.catch(() => undefined)
      if (this.#listeners.size === 0) await open?.call('watch', false).catch(() => undefined)
    }
  }

  using(db: HostDatabase): TaskInserter {
    return inserterFor(this.#options, db)
  }

  async open(): Promise<void> {
    const opening = this.#open()
    await opening
    // Not if it was closed meanwhile.
    if (this.#channel === opening) this.#opened = true
  }

  async close(): Promise<void> {
    const opening = this.#channel
    this.#channel = undefined
    this.#opened = false
    this.#listeners.clear()
    const channel = await opening?.catch(() => undefined)
    if (channel === undefined) return
    // The thread answers in order: what was called before is done before it closes.
    await channel.call('close', undefined).catch(() => undefined)
    await channel.end()
  }

  readonly insert: TaskStorage['insert'] = async (input) =>
    unpackInsert(input.tasks, await this.#call('insert', packInsert(input)))

  readonly turn: TaskStorage['turn'] = async (input) => {
    const { instanceId, claim, now } = input
    const settle = packSettlements(input.settle)
    const packed = { instanceId, settle, chained: packChained(input.settle), claim, now }
    return unpackTurn(input, settle, await this.#call('turn', packed))
  }

  readonly beat: TaskStorage['beat'] = (input) => this.#call('beat', input)
  readonly owned: TaskStorage['owned'] = (input) => this.#call('owned', input)
  readonly recover: TaskStorage['recover'] = (input) => this.#call('recover', input)
  readonly reschedule: TaskStorage['reschedule'] = (input) => this.#call('reschedule', input)
  readonly cancel: TaskStorage['cancel'] = (input) => this.#call('cancel', input)
  readonly get: TaskStorage['get'] = (input) => this.#call('get', input)
  readonly list: TaskStorage['list'] = (input) => this.#call('list', input)
  readonly metrics: TaskStorage['metrics'] = (input) => this.#call('metrics', input)
  readonly prune: TaskStorage['prune'] = (input) => this.#call('prune', input)

  async #call<Result>(verb: Question['verb'], input: unknown): Promise<Result> {
    const channel = await this.#ready()
    try {
      return (await channel.call(verb, input)) as Result
    } catch (error) {
      throw toError(error)
    }
  }

  /** The engine of an open storage: a thread that ended by itself is replaced, now or next time. */
  #ready(): Promise<Channel> {
    if (this.#channel === undefined && !this.#opened) throw notOpen()
    if (!this.#usable()) this.#channel = undefined
    return this.#open()
  }

  #open(): Promise<Channel> {
    if (this.#channel !== undefined) return this.#channel
    const starting = this.#start()
    this.#channel = starting
    starting.catch(() => {
      if (this.#channel === starting) this.#channel = undefined
    })
    return starting
  }

  async #start(): Promise<Channel> {
    const { worker, ...given } = this.#options
    const options = this.#opened ? { ...given, mustExist: true } : given
    const events = this.#listeners
    const channel = worker ? new WorkerChannel(options, events) : localChannel(options, events)
    this.#usable = () => channel.usable
    try {
      await needPeer({
        name: 'drizzle-orm',
        neededBy: '@taskflow/storage-sqlite',
        resolve: () => import.meta.resolve('drizzle-orm'),
        load: () => import('./verbs/list.ts'),
      })
      await channel.call('open', undefined)
      if (this.#listeners.size > 0) await channel.call('watch', true)
      this.#listeners.up(true)
      return channel
    } catch (error) {
      await channel.end()
      throw toError(error)
    }
  }
}

function notOpen(): StorageUnavailableError {
  return new StorageUnavailableError('The SQLite storage is not open: call open() first.')
}
