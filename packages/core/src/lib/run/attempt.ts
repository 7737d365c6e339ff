import { type Clock, LONGEST_DELAY_MS } from '../clock.ts'
import type { AttemptEnd } from '../observers/observer.ts'
import type { ObserverChain } from '../observers/observer-chain.ts'
import type { TraceSource } from '../observers/trace-source.ts'
import type { LogLevel, LogStream } from '../record.ts'
import type {
  ClaimedTask,
  OwnedTask,
  Settlement,
  SettlementOutcome,
  StoredTask,
} from '../storage/contract.ts'
import { AttemptLog } from './attempt-log.ts'
import type { Placed } from './bag.ts'
import type { Chains } from './chains.ts'
import type { TaskContext } from './context.ts'
import type { Task } from './define-task.ts'
import { describeError, errorType } from './describe-error.ts'
import { encodeResult } from './encode-result.ts'
import { type Encryption, payloadBinding, resultBinding } from './encryption/encryption.ts'
import { looksSealed } from './encryption/envelope.ts'
import type { TaskExecutor } from './executor.ts'
import { NO_PARENTS, type ParentReader, parentsOf, type TaskParents } from './parents.ts'
import { retryDelayMs } from './retry-policy.ts'
import { secretFilter } from './secrets.ts'
import { AbandonTask, SnoozeTask, TaskAborted } from './signals.ts'
import { storedPayload } from './stored-payload.ts'
import type { TaskQueue } from './task-queue.ts'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
/** Characters of a progress message. */
const MAX_PROGRESS = 1_000

/** What an attempt needs of its surroundings. */
export interface AttemptSettings {
  clock: Clock
  queue: TaskQueue
  chains: Chains
  parents: ParentReader
  observers: ObserverChain
  trace: TraceSource | undefined
  encryption: Encryption
  maxResultBytes: number
  maxLogLines: number
  maxLogBytes: number
  /** How long a handler may ignore its time-out before its slot is counted as stuck. */
  graceMs: number
  /** Has `settlement` end the attempt after that if the event loop is blocked then; see `StandIn`. */
  limit(inMs: number, settlement: () => Settlement): () => void
}

/** What is told of attempts. */
export interface AttemptEvents {
  /** It is decided what becomes of the task; once. Usually its handler is `over` by then. */
  decided(attempt: Attempt, settlement: Settlement): void
  /** The handler of a decided attempt has returned at last: it had ignored its time-out. */
  over(attempt: Attempt): void
}

/** How a handler came out; what has yet to be stored besides is its log. */
type End = Pick<Settlement, 'result' | 'error' | 'stacktrace' | 'delayMs' | 'chained'> & {
  outcome: Exclude<SettlementOutcome, { type: 'unstarted' }>
}

const SUCCESS: End['outcome'] = { type: 'success' }

/**
 * One claimed task under way. Thousands of them may live and die in a second, so what most of them do
 * without – encryption, parents, time-outs, chains – costs them no promise and no closure.
 */
export class Attempt implements Placed {
  readonly claimed: ClaimedTask
  readonly task: Task<unknown, unknown>
  readonly log: AttemptLog
  place = -1
  readonly #settings: AttemptSettings
  readonly #events: AttemptEvents
  readonly #controller = new AbortController()
  #aborted: TaskAborted | null = null
  #startedAt = 0
  #abortedAt = Number.POSITIVE_INFINITY
  /** Takes the payload's secrets out of what is written and thrown. */
  #hide = asItIs
  /** The kind of error it ended with, for observers. */
  #errorType: string | null = null
  /** Tells observers that wrap it how it ended. */
  #tell: ((end: AttemptEnd) => void) | null = null
  /** Takes its time limit away. */
  #disarm: (() => void) | null = null
  /** What becomes of the task is known, be it that its last lines are on their way yet. */
  #concluded = false
  #decided = false
  #over = false

  constructor(
    claimed: ClaimedTask,
    task: Task<unknown, unknown>,
    settings: AttemptSettings,
    events: AttemptEvents,
  ) {
    this.claimed = claimed
    this.task = task
    this.#settings = settings
    this.#events = events
    this.log = new AttemptLog({
      attempt: claimed.attemptsMade - 1,
      written: claimed.logCount,
      maxLines: settings.maxLogLines,
      maxBytes: settings.maxLogBytes,
    })
  }

  /** `decided` was told of it. */
  get decided(): boolean {
    return this.#decided
  }

  /** The handler is really over. */
  get over(): boolean {
    return this.#over
  }

  /** Zero-based. */
  get number(): number {
    return this.claimed.attemptsMade - 1
  }

  /** Asks the handler to stop. The first reason stands. */
  abort(reason: TaskAborted['reason'], message: string): void {
    if (this.#aborted) return
    this.#abortedAt = this.#settings.clock.monotonic()
    this.#aborted = new TaskAborted(reason, message)
    this.#controller.abort(this.#aborted)
  }

  /** It was asked to stop and has had all the time it was given for that. */
  get ignoresSignal(): boolean {
    return this.#settings.clock.monotonic() - this.#abortedAt > this.#settings.graceMs
  }

  /** Reads what parents returned, if there are any, and runs the handler. */
  start(executor: TaskExecutor): void {
    const { dependsOn } = this.claimed
    if (dependsOn.length === 0) {
      this.#begin(executor, [])
      return
    }
    void this.#settings.parents.read(dependsOn, this.#controller.signal).then(
      (parents) => this.#begin(executor, parents),
      // Asked to stop before the handler began: that is no attempt.
      () => {
        this.#over = true
        this.#decide(unstarted(this.claimed))
      },
    )
  }

  /** Runs the handler, inside of what observers put around it. */
  #begin(executor: TaskExecutor, parents: readonly StoredTask[]): void {
    this.#startedAt = this.#settings.clock.monotonic()
    const { timeoutMs } = this.task.settings
    if (timeoutMs !== null) this.#limit(timeoutMs)
    const { observers } = this.#settings
    const end = observers.wraps ? this.#wrap(executor, parents) : this.#run(executor, parents)
    // Out here, since the next task that gets the slot is none of the observers' business.
    void end.then((end) => {
      this.#over = true
      if (this.#decided) this.#events.over(this)
      else if (!this.#concluded) this.#conclude(end)
    })
  }

  #wrap(executor: TaskExecutor, parents: readonly StoredTask[]): Promise<End> {
    const { taskId, funcName, maxAttempts, tags, trace } = this.claimed
    const told = new Promise<AttemptEnd>((resolve) => {
      this.#tell = resolve
    })
    return this.#settings.observers.around(
      {
        taskId,
        funcName,
        attempt: this.number,
        maxAttempts,
        executor: executor.name,
        tags,
        trace,
      },
      () => this.#run(executor, parents),
      () => told,
    )
  }

  /** Runs the handler; never rejects. */
  #run(executor: TaskExecutor, parents: readonly StoredTask[]): Promise<End> {
    return this.#execute(executor, parents).then(
      (value) => {
        this.#disarm?.()
        return this.#returned(value)
      },
      (thrown) => {
        this.#disarm?.()
        return this.#threw(thrown)
      },
    )
  }

  /** Asks the handler to stop when its time is up, and gives it up if it does not. */
  #limit(timeoutMs: number): void {
    const { clock, graceMs, limit } = this.#settings
    const over = limit(timeoutMs + graceMs, () => this.#timedOut(timeoutMs))
    let cancelTimer = clock.after(timeoutMs, () => {
      this.abort('timeout', timedOutAfter(timeoutMs))
      cancelTimer = clock.after(graceMs, () => this.#conclude(this.#threw(this.#aborted)))
    })
    this.#disarm = () => {
      cancelTimer()
      over()
    }
  }

  #execute(executor: TaskExecutor, parents: readonly StoredTask[]): Promise<unknown> {
    const { payload: text } = this.claimed
    try {
      if (parents.length > 0 || looksSealed(text)) return this.#executeOpened(executor, parents)
      const payload = storedPayload(this.task, text)
      return payload instanceof Promise
        ? payload.then((payload) => this.#call(executor, this.claimed, payload, NO_PARENTS))
        : this.#call(executor, this.claimed, payload, NO_PARENTS)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The same with what must be decrypted first. */
  async #executeOpened(executor: TaskExecutor, parents: readonly StoredTask[]): Promise<unknown> {
    const { claimed, task } = this
    const { encryption } = this.#settings
    const text = await encryption.open(claimed.payload, payloadBinding(claimed))
    const payload = await storedPayload(task, text)
    const opened = await parentsOf(parents, encryption)
    return this.#call(executor, { ...claimed, payload: text }, payload, opened)
  }

  #call(
    executor: TaskExecutor,
    claimed: ClaimedTask,
    payload: unknown,
    parents: TaskParents,
  ): Promise<unknown> {
    const { task } = this
    this.#hide = secretFilter(payload, task.settings.secret)
    const { maxResultBytes, maxLogLines, maxLogBytes } = this.#settings
    const ended: unknown = executor.execute({
      task,
      claimed,
      payload,
      context: this.#context(parents),
      limits: {
        maxJsonBytes: maxResultBytes,
        maxLogLines: Math.max(0, maxLogLines - claimed.logCount),
        maxLogBytes,
      },
      trace: () => this.#settings.trace?.() ?? null,
      write: (stream, text) => this.#write(stream, stream === 'stderr' ? 'error' : 'info', text),
      dropped: (lines) => this.log.drop(lines),
    })
    // An executor without types may return anything.
    return Promise.resolve(ended)
  }

  #returned(value: unknown): End | Promise<End> {
    const result = this.#encodeResult(value)
    const { encryption, chains } = this.#settings
    if (!encryption.seals() && !chains.has(this.task.name)) return { outcome: SUCCESS, result }
    return this.#sealed(result).catch((thrown) => this.#threw(thrown))
  }

  /** The result as it is stored, and the runs that follow this success. */
  async #sealed(text: string): Promise<End> {
    const { encryption, chains } = this.#settings
    const result = await encryption.seal(text, resultBinding(this.claimed))
    const refused = (message: string) => this.#write('log', 'error', message)
    const { name } = this.task
    const chained = chains.has(name)
      ? await chains.follow(name, text, this.#hide, refused)
      : undefined
    return { outcome: SUCCESS, result, chained }
  }

  /** What becomes of the task is known. Lines that are being stored come first. */
  #conclude(end: End): void {
    this.#concluded = true
    const { clock } = this.#settings
    const durationMs = Math.max(0, Math.round(clock.monotonic() - this.#startedAt))
    this.#tell?.(this.#endOf(end, durationMs))
    const { flushing } = this.log
    if (flushing) void flushing.then(() => this.#settle(end, durationMs))
    else this.#settle(end, durationMs)
  }

  #settle(end: End, durationMs: number): void {
    const { taskId, fence } = this.claimed
    const logs = this.log.rest(this.#settings.clock.now())
    this.#decide({ ...end, taskId, fence, durationMs, logs })
  }

  #decide(settlement: Settlement): void {
    this.#decided = true
    this.#events.decided(this, settlement)
  }

  /** What is made of what the handler threw. */
  #threw(thrown: unknown): End {
    const why = this.#aborted?.reason ?? null
    const snoozeMs = snoozeMsOf(thrown)
    if (snoozeMs !== null && why === null) {
      const delayMs = Math.round(Math.min(snoozeMs, LONGEST_DELAY_MS))
      return { outcome: { type: 'snoozed' }, delayMs }
    }
    const timedOut = why === 'timeout'
    const text = describeError(timedOut ? this.#aborted : thrown, this.#hide)
    this.#errorType = why ?? errorType(thrown, this.#hide)
    if (why === 'shutdown' || why === 'lease_lost') {
      return { outcome: { type: 'released' }, ...text }
    }
    if (why === 'cancelled') return { outcome: { type: 'cancelled' }, ...text }
    const final = isA(thrown, AbandonTask)
    return { ...this.#failed(timedOut ? 'timeout' : 'error', final), ...text }
  }

  /** A failure: for good, or to be tried again. */
  #failed(cause: 'error' | 'timeout', final: boolean): Pick<End, 'outcome' | 'delayMs'> {
    const { attemptsMade, maxAttempts } = this.claimed
    if (final || attemptsMade >= maxAttempts) return { outcome: { type: 'failed', cause } }
    const delayMs = retryDelayMs(this.task.settings, attemptsMade, Math.random)
    return { outcome: { type: 'retry', cause }, delayMs }
  }

  /** What ends it should its time be up while nobody here can do so. */
  #timedOut(timeoutMs: number): Settlement {
    const { taskId, fence } = this.claimed
    const { error } = describeError(new TaskAborted('timeout', timedOutAfter(timeoutMs)))
    const durationMs = Math.round(timeoutMs + this.#settings.graceMs)
    return { ...this.#failed('timeout', false), taskId, fence, durationMs, error, logs: [] }
  }

  #endOf({ outcome, error, stacktrace }: End, durationMs: number): AttemptEnd {
    const text = { error: error ?? null, stacktrace: stacktrace ?? null }
    return { outcome: outcome.type, durationMs, errorType: this.#errorType, ...text }
  }

  #encodeResult(value: unknown): string {
    const warn = (message: string) => this.#write('log', 'warn', message)
    return encodeResult(value, this.#settings.maxResultBytes, warn)
  }

  #context(parents: TaskParents): TaskContext {
    const { taskId, funcName, tags } = this.claimed
    return {
      taskId,
      funcName,
      attempt: this.number,
      tags,
      signal: this.#controller.signal,
      log: (message, level = 'info') => this.#write('log', level, message),
      progress: (fraction, message) => {
        const bounded = Math.min(Math.max(Number(fraction) || 0, 0), 1)
        const text = typeof message === 'string' ? this.#hide(message).slice(0, MAX_PROGRESS) : null
        this.log.progress({ fraction: bounded, message: text })
      },
      parents,
      tasks: this.#settings.queue,
    }
  }

  #write(stream: LogStream, given: LogLevel, message: unknown): void {
    const at = this.#settings.clock.now()
    const hide = this.#hide
    const text = typeof message === 'string' ? hide(message) : describeError(message, hide).error
    // Code without types may pass anything, and a storage knows no other levels.
    const level = LEVELS.includes(given) ? given : 'info'
    if (!this.log.add(stream, level, text, at)) return
    const { taskId, funcName, tags } = this.claimed
    const attempt = this.number
    this.#settings.observers.log({
      taskId,
      funcName,
      attempt,
      stream,
      level,
      message: text,
      at,
      tags,
    })
  }
}

/** Null for what is no `SnoozeTask` with a delay, or cannot be asked. */
function snoozeMsOf(thrown: unknown): number | null {
  try {
    return thrown instanceof SnoozeTask && thrown.delayMs >= 0 ? thrown.delayMs : null
  } catch {
    return null
  }
}

const asItIs = (text: string) => text

const timedOutAfter = (ms: number) => `Timed out after ${ms} ms`

/** The end of what was claimed and never began. */
export function unstarted({ taskId, fence }: OwnedTask): Settlement {
  return { taskId, fence, outcome: { type: 'unstarted' }, durationMs: 0, logs: [] }
}

/** `instanceof` that never throws, though a revoked proxy does so at every look. */
function isA<Kind>(value: unknown, kind: new (...args: never[]) => Kind): value is Kind {
  try {
    return value instanceof kind
  } catch {
    return false
  }
}
