import type { AttemptEnd } from '../observers/observer.ts'
import type { TraceSource } from '../observers/trace-source.ts'
import type { ClaimedTask, Settlement, StoredTask } from '../storage/contract.ts'
import {
  type End,
  endOfOverdue,
  endOfThrown,
  SUCCESS,
  timedOutAfter,
  toAttemptEnd,
  unstarted,
} from './attempt-end.ts'
import type { AttemptLog } from './attempt-log.ts'
import { AttemptOutput, type OutputSettings } from './attempt-output.ts'
import type { Placed } from './bag.ts'
import type { Chains } from './chains.ts'
import type { TaskContext } from './context.ts'
import type { Task } from './define-task.ts'
import { encodeResult } from './encode-result.ts'
import { type Encryption, payloadBinding, resultBinding } from './encryption/encryption.ts'
import { looksSealed } from './encryption/envelope.ts'
import type { TaskExecutor } from './executor.ts'
import { NO_PARENTS, type ParentReader, parentsOf, type TaskParents } from './parents.ts'
import { secretFilter } from './secrets.ts'
import { TaskAborted } from './signals.ts'
import { storedPayload } from './stored-payload.ts'
import type { TaskQueue } from './task-queue.ts'
import type { Waits } from './waits.ts'

/** What an attempt needs of its surroundings. */
export interface AttemptSettings extends OutputSettings {
  queue: TaskQueue
  chains: Chains
  parents: ParentReader
  trace: TraceSource | undefined
  encryption: Encryption
  /** Counts how long what starts has waited. */
  waits: Pick<Waits, 'started'>
  maxResultBytes: number
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

/**
 * One claimed task under way. Thousands of them may live and die in a second, so what most of them do
 * without – encryption, parents, time-outs, chains – costs them no promise and no closure.
 */
export class Attempt implements Placed {
  readonly claimed: ClaimedTask
  readonly task: Task<unknown, unknown>
  place = -1
  readonly #output: AttemptOutput
  readonly #settings: AttemptSettings
  readonly #events: AttemptEvents
  readonly #controller = new AbortController()
  #aborted: TaskAborted | null = null
  #startedAt = 0
  #abortedAt = Number.POSITIVE_INFINITY
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
    this.#output = new AttemptOutput(claimed, settings)
  }

  /** Lines that the storage does not have yet. */
  get log(): AttemptLog {
    return this.#output.log
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
    this.#abort(new TaskAborted(reason, message))
  }

  #abort(why: TaskAborted): void {
    if (this.#aborted) return
    this.#abortedAt = this.#settings.clock.monotonic()
    this.#aborted = why
    this.#controller.abort(why)
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
    this.#settings.waits.started(this.claimed, this.#startedAt)
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
    const over = limit(timeoutMs + graceMs, () =>
      endOfOverdue(this.claimed, this.task, timeoutMs, graceMs),
    )
    let cancelTimer = clock.after(timeoutMs, () => {
      this.#abort(timedOutAfter(timeoutMs))
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
    const output = this.#output
    output.hide = secretFilter(payload, task.settings.secret)
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
      write: (stream, text) => output.write(stream, stream === 'stderr' ? 'error' : 'info', text),
      dropped: (lines) => output.log.drop(lines),
    })
    // An executor without types may return anything.
    return Promise.resolve(ended)
  }

  #returned(value: unknown): End | Promise<End> {
    const { encryption, chains, maxResultBytes } = this.#settings
    const warn = (message: string) => this.#output.write('log', 'warn', message)
    const result = encodeResult(value, maxResultBytes, warn)
    if (!encryption.seals() && !chains.has(this.task.name)) return { outcome: SUCCESS, result }
    return this.#sealed(result).catch((thrown) => this.#threw(thrown))
  }

  /** The result as it is stored, and the runs that follow this success. */
  async #sealed(text: string): Promise<End> {
    const { encryption, chains } = this.#settings
    const result = await encryption.seal(text, resultBinding(this.claimed))
    const { name } = this.task
    const output = this.#output
    const refused = (message: string) => output.write('log', 'error', message)
    const chained = chains.has(name)
      ? await chains.follow(name, text, output.hide, refused)
      : undefined
    return { outcome: SUCCESS, result, chained }
  }

  /** What becomes of the task is known. Lines that are being stored come first. */
  #conclude(end: End): void {
    this.#concluded = true
    const { clock } = this.#settings
    const durationMs = Math.max(0, Math.round(clock.monotonic() - this.#startedAt))
    this.#tell?.(toAttemptEnd(end, durationMs))
    const { flushing } = this.log
    if (flushing) void flushing.then(() => this.#settle(end, durationMs))
    else this.#settle(end, durationMs)
  }

  #settle(end: End, durationMs: number): void {
    const { taskId, fence } = this.claimed
    const { outcome, result, error, stacktrace, delayMs, chained } = end
    const logs = this.log.rest(this.#settings.clock.now())
    const how = { outcome, result, error, stacktrace, delayMs, chained }
    this.#decide({ taskId, fence, durationMs, logs, ...how })
  }

  #decide(settlement: Settlement): void {
    this.#decided = true
    this.#events.decided(this, settlement)
  }

  #threw(thrown: unknown): End {
    const { claimed, task } = this
    return endOfThrown(thrown, { claimed, task, aborted: this.#aborted, hide: this.#output.hide })
  }

  #context(parents: TaskParents): TaskContext {
    const { taskId, funcName, tags } = this.claimed
    const output = this.#output
    return {
      taskId,
      funcName,
      attempt: this.number,
      tags,
      signal: this.#controller.signal,
      log: (message, level = 'info') => output.write('log', level, message),
      progress: (fraction, message) => output.progress(fraction, message),
      parents,
      tasks: this.#settings.queue,
    }
  }
}
