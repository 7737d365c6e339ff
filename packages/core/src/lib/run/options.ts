import { type Clock, systemClock } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import { isolated } from '../isolated.ts'
import type { TaskObserver } from '../observers/observer.ts'
import { type TraceSource, traceSource } from '../observers/trace-source.ts'
import { checkOptionNames, kindOf, type OptionNames } from '../option-names.ts'
import type { TaskStorage } from '../storage/contract.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import type { Task } from './define-task.ts'
import { Encryption } from './encryption/encryption.ts'
import type { EncryptionOptions } from './encryption/key-ring.ts'
import { asyncExecutor, type TaskExecutor } from './executor.ts'
import { defaultPoolSize, missingTasksFile, pooledExecutors } from './pooled-executors.ts'

/** Settings of a `TaskManager`. */
export interface TaskManagerOptions {
  /** What it can run, each name once. */
  tasks: readonly Task[]
  /** Where tasks live. [memoryStorage(): gone with the process] */
  storage?: TaskStorage
  /** Further places to run tasks, beside 'async', or in place of 'thread' and 'process'. [none] */
  executors?: readonly TaskExecutor[]
  /**
   * The module that exports the tasks, by themselves or in arrays or objects, as a file URL or an
   * absolute path: threads and processes import it. It must not make this manager or start a
   * server. [none: no 'thread' and 'process' executors]
   */
  tasksFile?: URL | string
  /** Tasks that run in threads at once, beside `concurrency`. [cores - 1, at least 1] */
  threads?: number
  /** Tasks that run in child processes at once, beside `concurrency`. [cores - 1, at least 1] */
  processes?: number
  /** Told of every log line and every step. [none] */
  observers?: readonly TaskObserver[]
  /** Payloads and results are encrypted in the storage: `{ keys: [{ id, secret }] }`. [they are not] */
  encryption?: EncryptionOptions
  /** How many tasks run at once in this process; 0 only enqueues and serves. [10] */
  concurrency?: number
  /**
   * Enqueuing is refused (`throttled`) when this many tasks are pending in the storage, those due
   * later and those that wait for parents included. [no limit]
   */
  maxPending?: number
  /** Final tasks older than this are deleted, at least every 6 h. [never] */
  retentionMs?: number
  /**
   * A running task may be cancelled by force this long after it was asked to stop; a thread or
   * process is then ended. [30 000]
   */
  cancelGraceMs?: number
  /** A task that took this many processes down with it is failed. [3] */
  maxCrashes?: number
  /**
   * Where the lease is kept: 'thread' goes on while a handler blocks the event loop, where the
   * storage can; 'main' loses the lease after 15 s of that, and the tasks to others. ['thread']
   */
  heartbeat?: 'thread' | 'main'
  /** With the heartbeat in a thread: an event loop blocked for longer counts as dead. [60 000] */
  maxBlockMs?: number
  /** Longest JSON of a payload. [1 MiB] */
  maxPayloadBytes?: number
  /** Lines kept of one task's log. [100 000] */
  maxLogLines?: number
  /** Characters kept of one attempt's log. [16 Mi] */
  maxLogBytes?: number
  /**
   * Stop on SIGINT and SIGTERM. The host owns the process, so this must be asked for. Handlers that
   * go on after the stop end with the process, unless the host listens for the signal too. [false]
   */
  handleSignals?: boolean
  /** Told what went wrong beside any call: a storage that is away, a throwing observer. [console.error, once per change] */
  onError?: (error: unknown) => void
  /** Replaces time, for tests. [the system's] */
  clock?: Clock
}

export interface ResolvedOptions {
  tasks: ReadonlyMap<string, Task>
  storage: TaskStorage
  executors: ReadonlyMap<string, TaskExecutor>
  observers: readonly TaskObserver[]
  encryption: Encryption
  /** The trace context of whoever enqueues; undefined when no observer knows of traces. */
  trace: TraceSource | undefined
  concurrency: number
  maxPending: number | null
  retentionMs: number | null
  cancelGraceMs: number
  maxCrashes: number
  heartbeat: 'thread' | 'main'
  maxBlockMs: number
  maxPayloadBytes: number
  maxLogLines: number
  maxLogBytes: number
  handleSignals: boolean
  onError: (error: unknown) => void
  clock: Clock
}

const NAMES: OptionNames<TaskManagerOptions> = {
  tasks: true,
  storage: true,
  executors: true,
  tasksFile: true,
  threads: true,
  processes: true,
  observers: true,
  encryption: true,
  concurrency: true,
  maxPending: true,
  retentionMs: true,
  cancelGraceMs: true,
  maxCrashes: true,
  heartbeat: true,
  maxBlockMs: true,
  maxPayloadBytes: true,
  maxLogLines: true,
  maxLogBytes: true,
  handleSignals: true,
  onError: true,
  clock: true,
}

/** Fills in defaults and refuses what makes no sense. */
export function resolveOptions(options: TaskManagerOptions): ResolvedOptions {
  checkOptionNames(options, NAMES, { where: 'TaskManager', code: 'configuration' })
  const number = (name: keyof TaskManagerOptions, fallback: number, min: number): number => {
    const value = options[name] ?? fallback
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value
    throw new TaskflowError(
      'configuration',
      `TaskManager: ${name}: expected a whole number of ${min} or more, got ${String(value)}`,
    )
  }
  const limit = (name: keyof TaskManagerOptions): number | null =>
    (options[name] ?? null) === null ? null : number(name, 1, 1)
  const clock = options.clock ?? systemClock
  if (typeof clock.monotonic !== 'function') throw wrong('clock', 'a clock', clock)
  const cancelGraceMs = number('cancelGraceMs', 30_000, 0)
  const threads = number('threads', defaultPoolSize(), 1)
  const processes = number('processes', defaultPoolSize(), 1)
  const own = options.executors ?? []
  const { tasksFile } = options
  const pools =
    tasksFile === undefined
      ? []
      : pooledExecutors({ tasksFile, threads, processes, graceMs: cancelGraceMs, clock })
  const executors = named('executors', [
    asyncExecutor,
    ...pools.filter(({ name }) => !own.some((executor) => executor.name === name)),
    ...own,
  ])
  for (const executor of executors.values()) {
    const { name, concurrency, validate, close } = executor
    requireMethod(`executors: ${name}: execute`, executor.execute)
    if (validate !== undefined) requireMethod(`executors: ${name}: validate`, validate)
    if (close !== undefined) requireMethod(`executors: ${name}: close`, close)
    if (concurrency === undefined || (Number.isSafeInteger(concurrency) && concurrency >= 1)) {
      continue
    }
    throw new TaskflowError(
      'configuration',
      `TaskManager: executors: ${name}: concurrency: expected a whole number of 1 or more, got ${String(concurrency)}`,
    )
  }
  const tasks = named('tasks', options.tasks)
  for (const [place, task] of options.tasks.entries()) {
    if (typeof task.settings === 'object') continue
    throw wrong('tasks', 'values that defineTask made', task, place)
  }
  for (const task of tasks.values()) {
    if (executors.has(task.settings.executor)) continue
    const missing = missingTasksFile(task.name, task.settings.executor)
    if (missing) throw missing
    throw new TaskflowError(
      'configuration',
      `TaskManager: ${task.name}: executor: expected one of ${[...executors.keys()].join(', ')}, got ${task.settings.executor}`,
    )
  }
  const storage = options.storage ?? memoryStorage()
  if (typeof storage.insert !== 'function') {
    throw wrong('storage', "a storage such as sqliteStorage({ file: 'tasks.db' })", storage)
  }
  for (const method of STORAGE_METHODS) requireMethod(`storage: ${method}`, storage[method])
  for (const { name, settings } of tasks.values()) {
    if (storage.functions || (settings.concurrency === null && settings.rateLimit === null))
      continue
    throw new TaskflowError(
      'configuration',
      `TaskManager: ${name}: concurrency, rateLimit: the storage ${storage.name} knows no limits`,
    )
  }
  const { heartbeat = 'thread' } = options
  if (heartbeat !== 'thread' && heartbeat !== 'main') {
    throw new TaskflowError(
      'configuration',
      `TaskManager: heartbeat: expected 'thread' or 'main', got ${String(heartbeat)}`,
    )
  }
  const { handleSignals = false } = options
  if (typeof handleSignals !== 'boolean') {
    throw new TaskflowError(
      'configuration',
      `TaskManager: handleSignals: expected true or false, got ${String(handleSignals)}`,
    )
  }
  const given = options.onError ?? reportToConsole
  if (typeof given !== 'function') throw wrong('onError', 'a function', given)
  const onError = isolated(given)
  const observers = options.observers ?? []
  if (!Array.isArray(observers)) throw wrong('observers', 'an array', observers)
  for (const [place, observer] of observers.entries()) {
    if (typeof observer === 'object' && observer !== null) continue
    throw wrong('observers', 'objects with methods such as onLog', observer, place)
  }
  return {
    tasks,
    storage,
    executors,
    observers,
    trace: traceSource(observers, onError),
    encryption: new Encryption(options.encryption),
    concurrency: number('concurrency', 10, 0),
    maxPending: limit('maxPending'),
    retentionMs: limit('retentionMs'),
    cancelGraceMs,
    maxCrashes: number('maxCrashes', 3, 1),
    heartbeat,
    maxBlockMs: number('maxBlockMs', 60_000, 15_000),
    maxPayloadBytes: number('maxPayloadBytes', 1_048_576, 1),
    maxLogLines: number('maxLogLines', 100_000, 0),
    maxLogBytes: number('maxLogBytes', 16_777_216, 0),
    handleSignals,
    onError,
    clock,
  }
}

/** Those that every storage has; all others are parts. */
const STORAGE_METHODS = [
  'open',
  'insert',
  'turn',
  'beat',
  'owned',
  'recover',
  'reschedule',
  'cancel',
  'get',
  'list',
  'metrics',
  'prune',
  'close',
] as const satisfies readonly (keyof TaskStorage)[]

function named<Item extends { readonly name: string }>(
  option: string,
  items: readonly Item[],
): Map<string, Item> {
  if (!Array.isArray(items)) {
    throw new TaskflowError('configuration', `TaskManager: ${option}: expected an array`)
  }
  const byName = new Map<string, Item>()
  for (const [place, item] of items.entries()) {
    if (typeof item?.name !== 'string') {
      throw new TaskflowError(
        'configuration',
        `TaskManager: ${option}: expected all to have a name, got ${String(item)} at ${place}`,
      )
    }
    if (byName.has(item.name)) {
      throw new TaskflowError(
        'configuration',
        `TaskManager: ${option}: expected each name once, got ${item.name} twice`,
      )
    }
    byName.set(item.name, item)
  }
  return byName
}

/** What is missing from an object of somebody's own is said here, not when it is called. */
function requireMethod(option: string, method: unknown): void {
  if (typeof method !== 'function') throw wrong(option, 'a function', method)
}

/** Says what kind of value came, not which: it may hold a password. */
function wrong(option: string, expected: string, got: unknown, place?: number): TaskflowError {
  const where = place === undefined ? '' : ` at ${place}`
  const message = `TaskManager: ${option}: expected ${expected}, got ${kindOf(got)}${where}`
  return new TaskflowError('configuration', message)
}

function reportToConsole(error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: nobody else listens, and silence would hide an outage
  console.error('taskflow:', consoleText(error))
}

/** Errors of ours are a sentence; of others, one needs to see where they come from. */
function consoleText(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { cause } = error
  if (cause instanceof Error && !(cause instanceof TaskflowError)) {
    return `${error.message}\n${cause.stack}`
  }
  return error instanceof TaskflowError || cause ? error.message : (error.stack ?? error.message)
}
