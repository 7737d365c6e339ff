import { type Clock, LONGEST_DELAY_MS } from '../clock.ts'
import type { AttemptEnd } from '../observers/observer.ts'
import type { ObserverChain } from '../observers/observer-chain.ts'
import type { TraceSource } from '../observers/trace-source.ts'
import type { LogLevel, LogStream } from '../record.ts'
import type {
  ClaimedTask,
  NewTask,
  OwnedTask,
  Settlement,
  SettlementOutcome,
  StoredTask,
} from '../storage/contract.ts'
import { AttemptLog } from './attempt-log.ts'
import type { Chains } from './chains.ts'
import type { TaskContext } from './context.ts'
import type { Task } from './define-task.ts'
import { describeError, errorType } from './describe-error.ts'
import { encodeResult } from './encode-result.ts'
import { type Encryption, payloadBinding, resultBinding } from './encryption/encryption.ts'
import { looksSealed } from './encryption/envelope.ts'
import type { TaskExecutor } from './executor.ts'
import { type ParentReader, parentsOf, type TaskParents } from './parents.ts'
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

/** The end of an attempt that began. */
type Decided = Settlement & { outcome: Exclude<SettlementOutcome, { type: 'unstarted' }> }

/** What an attempt promises. */
interface Started {
  /** Resolves once the attempt is decided; never rejects. */
  settlement: Promise<Settlement>
  /** Resolves when the handler is really over, later than that if it ignores its time-out. */
  ended: Promise<void>
}

/** The same of one whose handler has begun. */
interface Begun extends Started {
  settlement: Promise<Decided>
}

/** One claimed task under way. */
export class Attempt {
  readonly claimed: ClaimedTask
  readonly task: Task<unknown, unknown>
  readonly log: AttemptLog
  readonly #settings: AttemptSettings
  readonly #controller = new AbortController()
  #aborted: TaskAborted | null = null
  #startedAt = 0
  #abortedAt = Number.POSITIVE_INFINITY
  /** Takes the payload's secrets out of what is written and thrown. */
  #hide = (text: string) => text
  /** The kind of error it ended with, for observers. */
  #errorType: string | null = null

  constructor(claimed: ClaimedTask, task: Task<unknown, unknown>, settings: AttemptSettings) {
    this.claimed = claimed
    this.task = task
    this.#settings = settings
    this.log = new AttemptLog({
      attempt: claimed.attemptsMade - 1,
      written: claimed.logCount,
      maxLines: settings.maxLogLines,
      maxBytes: settings.maxLogBytes,
    })
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
  start(executor: TaskExecutor): Started {
    const { dependsOn } = this.claimed
    if (dependsOn.length === 0) return this.#wrap(executor, [])
    const begun = this.#settings.parents
      .read(dependsOn, this.#controller.signal)
      .then((parents) => this.#wrap(executor, parents))
    return {
      ended: begun.then(
        ({ ended }) => ended,
        () => {},
      ),
      // Asked to stop before the handler began: that is no attempt.
      settlement: begun.then(
        ({ settlement }) => settlement,
        () => unstarted(this.claimed),
      ),
    }
  }

  /** Runs the handler, inside of what observers put around it. */
  #wrap(executor: TaskExecutor, parents: readonly StoredTask[]): Begun {
    const { observers } = this.#settings
    if (!observers.wraps) return this.#begin(executor, parents)
    const { taskId, funcName, maxAttempts, tags, trace } = this.claimed
    const attempt = this.number
    return observers.around(
      { taskId, funcName, attempt, maxAttempts, executor: executor.name, tags, trace },
      () => this.#begin(executor, parents),
      async ({ settlement }) => this.#endOf(await settlement),
    )
  }

  #begin(executor: TaskExecutor, parents: readonly StoredTask[]): Begun {
    const { clock, graceMs } = this.#settings
    const { timeoutMs } = this.task.settings
    this.#startedAt = clock.monotonic()
    const over =
      timeoutMs === null
        ? () => {}
        : this.#settings.limit(timeoutMs + graceMs, () => this.#timedOut(timeoutMs))
    const handler = this.#execute(executor, parents)
    const ended = handler.then(over, over)
    if (timeoutMs === null) return { settlement: this.#settle(handler), ended }

    let disarm = clock.after(timeoutMs, () => {
      this.abort('timeout', timedOutAfter(timeoutMs))
      disarm = clock.after(graceMs, () => giveUp())
    })
    let giveUp = () => {}
    const unresponsive = new Promise<never>((_, reject) => {
      giveUp = () => reject(this.#aborted)
    })
    const settlement = this.#settle(Promise.race([handler, unresponsive]))
    void ended.then(() => disarm())
    return { settlement, ended }
  }

  async #execute(executor: TaskExecutor, parents: readonly StoredTask[]): Promise<unknown> {
    const { task, claimed } = this
    const { encryption } = this.#settings
    const sealed = looksSealed(claimed.payload)
    const text = sealed
      ? await encryption.open(claimed.payload, payloadBinding(claimed))
      : claimed.payload
    const payload = await storedPayload(task, text)
    this.#hide = secretFilter(payload, task.settings.secret)
    return executor.execute({
      task,
      claimed: sealed ? { ...claimed, payload: text } : claimed,
      payload,
      context: this.#context(await parentsOf(parents, encryption)),
      limits: {
        maxJsonBytes: this.#settings.maxResultBytes,
        maxLogLines: Math.max(0, this.#settings.maxLogLines - this.claimed.logCount),
        maxLogBytes: this.#settings.maxLogBytes,
      },
      trace: () => this.#settings.trace?.() ?? null,
      write: (stream, text) => this.#write(stream, stream === 'stderr' ? 'error' : 'info', text),
      dropped: (lines) => this.log.drop(lines),
    })
  }

  async #settle(handler: Promise<unknown>): Promise<Decided> {
    let decided: Omit<Decided, 'taskId' | 'fence' | 'durationMs' | 'logs'>
    try {
      const text = this.#encodeResult(await handler)
      const { encryption } = this.#settings
      const result = encryption.seals()
        ? await encryption.seal(text, resultBinding(this.claimed))
        : text
      decided = { outcome: { type: 'success' }, result, chained: await this.#follow(text) }
    } catch (thrown) {
      decided = this.#decide(thrown)
    }
    const { clock } = this.#settings
    const durationMs = Math.max(0, Math.round(clock.monotonic() - this.#startedAt))
    return {
      ...decided,
      taskId: this.claimed.taskId,
      fence: this.claimed.fence,
      durationMs,
      logs: await this.log.rest(clock.now()),
    }
  }

  #decide(thrown: unknown): Pick<Decided, 'outcome' | 'error' | 'stacktrace' | 'delayMs'> {
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
  #failed(cause: 'error' | 'timeout', final: boolean): Pick<Decided, 'outcome' | 'delayMs'> {
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

  #endOf({ outcome, durationMs, error, stacktrace }: Decided): AttemptEnd {
    const text = { error: error ?? null, stacktrace: stacktrace ?? null }
    return { outcome: outcome.type, durationMs, errorType: this.#errorType, ...text }
  }

  #encodeResult(value: unknown): string {
    const warn = (message: string) => this.#write('log', 'warn', message)
    return encodeResult(value, this.#settings.maxResultBytes, warn)
  }

  /** The runs that follow this success. */
  async #follow(result: string): Promise<NewTask[] | undefined> {
    const { chains } = this.#settings
    if (!chains.has(this.task.name)) return undefined
    const refused = (message: string) => this.#write('log', 'error', message)
    return chains.follow(this.task.name, result, this.#hide, refused)
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
