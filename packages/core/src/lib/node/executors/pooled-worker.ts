import type { Clock } from '../../clock.ts'
import type { Task } from '../../run/define-task.ts'
import type { ExecutorAttempt } from '../../run/executor.ts'
import type { FlowNode } from '../../run/flow.ts'
import type { EnqueueOptions } from '../../run/task-queue.ts'
import { deferred } from './deferred.ts'
import type { Job } from './job.ts'
import {
  contextData,
  type FlowTaskToStore,
  type FromWorker,
  type Output,
  type Stored,
  type TaskToStore,
  type ToWorker,
} from './wire.ts'
import { fromWire, toWire, type WireError } from './wire-error.ts'

/** A started thread or process. */
export interface WorkerLink {
  send(message: ToWorker): void
  /** Ends it, whatever it does. `ended` follows. */
  kill(): void
  /** Calls back once the output written before the last message has been read. */
  drained(then: () => void): void
}

/** What a link tells. */
export interface WorkerEvents {
  message(message: unknown): void
  /** Captured outside of messages. */
  output(stream: 'stdout' | 'stderr', text: string): void
  /** It is gone, and nothing follows: `how` it went, e.g. 'ended with exit code 1'. */
  ended(how: string, cause?: unknown): void
}

/** Starts a worker; may throw. */
export type StartWorker = (events: WorkerEvents) => WorkerLink

/** One worker of a pool, and the attempt that it runs. */
export class PooledWorker {
  readonly #kind: string
  readonly #graceMs: number
  readonly #clock: Clock
  readonly #link: WorkerLink
  #job: Job | null = null
  #free = () => {}
  /** Of a job that was asked to stop. */
  #cancelKill: (() => void) | null = null
  #uncaught: WireError | null = null
  #killedFor: string | null = null
  /** Resolves when it is gone. */
  readonly gone = deferred<void>()
  #usable = true

  /** @throws when it cannot be started. */
  constructor(start: StartWorker, settings: { kind: string; graceMs: number; clock: Clock }) {
    this.#kind = settings.kind
    this.#graceMs = settings.graceMs
    this.#clock = settings.clock
    this.#link = start({
      message: (message) => this.#receive(message),
      output: (stream, text) => this.#captured(stream, text),
      ended: (how, cause) => this.#ended(how, cause),
    })
  }

  /** False once it is gone, or about to be. */
  get usable(): boolean {
    return this.#usable
  }

  /** Runs an attempt; one at a time. `free` is called when it is over. */
  run(job: Job, free: () => void): void {
    this.#uncaught = null
    const { attempt } = job
    const { context, payload, limits } = attempt
    this.#link.send({
      type: 'run',
      context: contextData(context),
      payload: payload === undefined ? null : JSON.stringify(payload),
      limits,
      trace: job.within(() => attempt.trace()),
    })
    job.onAbort = () => this.#abort(context.signal.reason)
    this.#job = job
    this.#free = free
  }

  #abort(reason: unknown): void {
    this.#link.send({ type: 'abort', reason: toWire(reason) })
    this.#cancelKill = this.#clock.after(this.#graceMs, () =>
      this.kill(`was ended: it ran on for ${this.#graceMs} ms after it was asked to stop`),
    )
  }

  /** Ends it at once. `why` completes a sentence about it. */
  kill(why: string): void {
    this.#usable = false
    this.#killedFor ??= why
    this.#link.kill()
  }

  /** Tasks, and libraries they use, may send messages of their own on the same channel: anything. */
  #receive(given: unknown): void {
    if (typeof given !== 'object' || given === null) return
    const message = given as FromWorker
    const job = this.#job
    try {
      if (message.type === 'uncaught') this.#uncaught = Object(message.error)
      else if (message.type === 'stray') this.#strayed(message.taskId, Object(message.error))
      else if (job !== null && !job.over) job.within(() => this.#take(job, message))
    } catch {
      this.kill('was ended: it sent a message that cannot be read')
    }
  }

  /** What runs may end; then the worker is replaced, since nobody knows what that error broke. */
  #strayed(taskId: string, error: WireError): void {
    this.#usable = false
    const text = error.stack ?? error.message
    process.stderr.write(`taskflow: thrown after task ${taskId} had ended: ${text}\n`)
    if (this.#job === null) this.kill('cannot be used')
  }

  #take(job: Job, message: FromWorker): void {
    // What is of no type known here is not ours: `node --watch` has its children report modules.
    switch (message.type) {
      case 'output':
        write(job.attempt, message.output)
        break
      case 'enqueue':
        void this.#answer(job, message.call, () => enqueue(job.attempt, message.task))
        break
      case 'flow':
        void this.#answer(job, message.call, () => storeFlow(job.attempt, message.tasks))
        break
      case 'done': {
        const result = parse(message.result)
        this.#over(job, message.output, () => job.succeed(result))
        break
      }
      case 'failed': {
        const error = fromWire(message.error)
        if (message.spoilt) this.#usable = false
        this.#over(job, message.output, () => job.fail(error))
      }
    }
  }

  /** The worker told the end; the output before it may still be on its way. */
  #over(job: Job, output: Output | null, settle: () => void): void {
    if (output) write(job.attempt, output)
    job.over = true
    this.#disarm(job)
    this.#link.drained(() => this.#settle(settle))
  }

  async #answer(job: Job, call: number, store: () => Promise<Stored>) {
    let answer: ToWorker
    try {
      answer = { type: 'stored', call, stored: await store() }
    } catch (error) {
      answer = { type: 'refused', call, error: toWire(error) }
    }
    if (this.#job === job) this.#link.send(answer)
  }

  #captured(stream: 'stdout' | 'stderr', text: string): void {
    if (this.#job) this.#job.capture(stream, text)
    // What a task left running writes between attempts: as if it ran in this process.
    else process[stream].write(text)
  }

  #ended(how: string, cause: unknown): void {
    this.#usable = false
    this.gone.resolve()
    const job = this.#job
    if (job === null) return
    this.#disarm(job)
    // The end was told before, and this process only had to read the rest of the output.
    if (job.over) return
    const sentence = `The ${this.#kind} ${this.#killedFor ?? how}`
    const reason = this.#uncaught ? fromWire(this.#uncaught) : cause
    const options = reason === undefined || this.#killedFor !== null ? {} : { cause: reason }
    this.#settle(() => job.fail(new Error(sentence, options)))
  }

  #settle(settle: () => void): void {
    if (this.#job === null) return
    this.#job = null
    settle()
    this.#free()
  }

  #disarm(job: Job): void {
    job.disarm()
    this.#cancelKill?.()
    this.#cancelKill = null
  }
}

async function enqueue(
  { context }: ExecutorAttempt,
  { funcName, payload, options }: TaskToStore<EnqueueOptions>,
): Promise<Stored> {
  const ref = await context.tasks.enqueue(byName(funcName), payloadOf(payload), options)
  return { tasks: [ref], flowId: '' }
}

async function storeFlow({ context }: ExecutorAttempt, tasks: FlowTaskToStore[]): Promise<Stored> {
  return context.tasks.flow((flow) => {
    const nodes: FlowNode[] = []
    for (const { funcName, payload, options, after } of tasks) {
      const parents = after.flatMap((place) => nodes[place] ?? [])
      const settings = { ...options, after: parents }
      nodes.push(flow.add(byName(funcName), payloadOf(payload), settings))
    }
  })
}

/** The manager knows its tasks by their names. */
const byName = (name: string) => ({ name }) as Task<unknown, unknown>

const payloadOf = (text: string | null) => (text === null ? undefined : parse(text))

function write(attempt: ExecutorAttempt, { lines, dropped, progress }: Output): void {
  for (const [stream, level, text] of lines) {
    if (stream === 'log') attempt.context.log(text, level)
    else attempt.write(stream, text)
  }
  if (dropped > 0) attempt.dropped(dropped)
  if (progress) attempt.context.progress(...progress)
}

function parse(json: string): unknown {
  return JSON.parse(json)
}
