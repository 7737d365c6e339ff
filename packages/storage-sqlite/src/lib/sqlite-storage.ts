import type {
  BeatInput,
  BeatResult,
  CancelResult,
  ChangeFeed,
  ChangeResult,
  InsertResult,
  InstanceDirectory,
  ListInput,
  ListResult,
  LogStorage,
  OwnedTask,
  RecoveredTask,
  RecoverInput,
  StoredTask,
  TaskMetrics,
  TaskStorage,
  TurnInput,
  TurnResult,
} from '@taskflow/core'
import { StorageUnavailableError, TaskflowError } from '@taskflow/core'
import type { Failure } from './errors.ts'
import { checkOptions, type SqliteStorageOptions } from './options.ts'
import { type Channel, localChannel, type Question, WorkerChannel } from './thread.ts'

/**
 * Tasks in an SQLite file. Several processes on one machine may use the same file; SQLite itself
 * runs in a thread of its own, so that no flush and no long query blocks the app.
 */
export function sqliteStorage(options: SqliteStorageOptions): TaskStorage {
  return new SqliteStorage(options)
}

type Input<Verb extends keyof TaskStorage> = TaskStorage[Verb] extends (
  input: infer Value,
) => unknown
  ? Value
  : never

class SqliteStorage implements TaskStorage {
  readonly name = 'sqlite'
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
  readonly #options: ReturnType<typeof checkOptions>
  /** The open engine; the promise is kept so that calls at once open it once. */
  #channel: Promise<Channel> | undefined
  #usable = () => false

  constructor(options: SqliteStorageOptions) {
    this.#options = checkOptions(options)
  }

  async open(): Promise<void> {
    await this.#open()
  }

  async close(): Promise<void> {
    const opening = this.#channel
    this.#channel = undefined
    const channel = await opening?.catch(() => undefined)
    if (channel === undefined) return
    // The thread answers in order: what was called before is done before it closes.
    await channel.call('close', undefined).catch(() => undefined)
    await channel.end()
  }

  insert(input: Input<'insert'>): Promise<InsertResult[]> {
    return this.#call('insert', input)
  }

  turn(input: TurnInput): Promise<TurnResult> {
    return this.#call('turn', input)
  }

  beat(input: BeatInput): Promise<BeatResult> {
    return this.#call('beat', input)
  }

  owned(input: Input<'owned'>): Promise<OwnedTask[]> {
    return this.#call('owned', input)
  }

  recover(input: RecoverInput): Promise<RecoveredTask[]> {
    return this.#call('recover', input)
  }

  reschedule(input: Input<'reschedule'>): Promise<ChangeResult[]> {
    return this.#call('reschedule', input)
  }

  cancel(input: Input<'cancel'>): Promise<CancelResult[]> {
    return this.#call('cancel', input)
  }

  get(input: Input<'get'>): Promise<(StoredTask | null)[]> {
    return this.#call('get', input)
  }

  list(input: ListInput): Promise<ListResult> {
    return this.#call('list', input)
  }

  metrics(input: Input<'metrics'>): Promise<TaskMetrics[]> {
    return this.#call('metrics', input)
  }

  prune(input: Input<'prune'>): Promise<{ deleted: number }> {
    return this.#call('prune', input)
  }

  async #call<Result>(verb: Question['verb'], input: unknown): Promise<Result> {
    if (this.#channel === undefined) {
      throw new StorageUnavailableError('The SQLite storage is not open: call open() first.')
    }
    // A thread that ended by itself is replaced.
    if (!this.#usable()) this.#channel = undefined
    const channel = await this.#open()
    try {
      return (await channel.call(verb, input)) as Result
    } catch (error) {
      throw toError(error)
    }
  }

  #open(): Promise<Channel> {
    this.#channel ??= this.#start()
    return this.#channel
  }

  async #start(): Promise<Channel> {
    const { worker, ...options } = this.#options
    const channel = worker ? new WorkerChannel(options) : localChannel(options)
    this.#usable = () => channel.usable
    try {
      await channel.call('open', undefined)
      return channel
    } catch (error) {
      this.#channel = undefined
      await channel.end()
      throw toError(error)
    }
  }
}

function toError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('committed' in error)) return error
  const { code, message, committed, frames } = error as Failure
  if (code === 'unavailable') return new StorageUnavailableError(message, { committed })
  return new TaskflowError(code, message, frames === undefined ? {} : { cause: causeOf(frames) })
}

/** The origin of an unexpected error, without its message: that may quote a value. */
function causeOf(frames: string): Error {
  const cause = new Error('Unexpected error in the SQLite engine')
  cause.stack = `${cause.name}: ${cause.message}\n${frames}`
  return cause
}
