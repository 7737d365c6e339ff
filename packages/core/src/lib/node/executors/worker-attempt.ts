import { TaskflowError } from '../../errors.ts'
import { encodePayload } from '../../json.ts'
import { type TaskContext, withContext } from '../../run/context.ts'
import type { Task } from '../../run/define-task.ts'
import { encodeResult } from '../../run/encode-result.ts'
import { type FlowBuilder, type FlowEntry, type FlowOptions, makeFlow } from '../../run/flow.ts'
import { NO_PARENTS, taskParents } from '../../run/parents.ts'
import type { EnqueueOptions, TaskQueue, TaskRef } from '../../run/task-queue.ts'
import { type Deferred, deferred } from './deferred.ts'
import { inTrace } from './in-trace.ts'
import { Outbox } from './outbox.ts'
import type { FromWorker, Stored, TaskToStore, ToWorker } from './wire.ts'
import { fromWire, type WireError } from './wire-error.ts'

type Run = Extract<ToWorker, { type: 'run' }>

/** One attempt in its worker: the context of the task, and the messages behind it. */
export class WorkerAttempt {
  readonly outbox: Outbox
  readonly #context: TaskContext
  readonly #run: Run
  readonly #send: (message: FromWorker) => void
  readonly #controller = new AbortController()
  readonly #calls = new Map<number, Deferred<Stored>>()
  #lastCall = 0
  #over = false

  constructor(run: Run, send: (message: FromWorker) => void) {
    this.#run = run
    this.#send = send
    this.outbox = new Outbox(run.limits, (output) => send({ type: 'output', output }))
    this.#context = this.#makeContext()
  }

  /** True for what runs in this attempt, false for what another one left behind. */
  owns(context: TaskContext): boolean {
    return context === this.#context
  }

  /** Runs the task; resolves with the JSON of its result. */
  async run(task: Task<unknown, unknown>): Promise<string> {
    const { payload, limits, trace } = this.#run
    const context = this.#context
    const input: unknown = payload === null ? undefined : JSON.parse(payload)
    const run = () => withContext(context, () => task.run(input, context))
    const result = await (trace === null ? run() : inTrace(trace, run))
    return encodeResult(result, limits.maxJsonBytes, (message) => context.log(message, 'warn'))
  }

  abort(reason: WireError): void {
    this.#controller.abort(fromWire(reason))
  }

  /** The answer to an enqueue or a flow. */
  answer(message: Extract<ToWorker, { type: 'stored' | 'refused' }>): void {
    const call = this.#calls.get(message.call)
    this.#calls.delete(message.call)
    if (message.type === 'stored') call?.resolve(message.stored)
    else call?.reject(fromWire(message.error))
  }

  /** What the task left running can neither write nor enqueue any more. */
  end() {
    this.#over = true
    for (const { reject } of this.#calls.values()) reject(ended())
    this.#calls.clear()
    return this.outbox.close()
  }

  #makeContext(): TaskContext {
    const { parents, ...plain } = this.#run.context
    const tasks = {
      enqueue: (task: Task, payload?: unknown, options?: EnqueueOptions) =>
        this.#enqueue(task.name, payload, options),
      flow: (build: (flow: FlowBuilder) => unknown, options?: FlowOptions) =>
        this.#flow(build, options),
    }
    return {
      ...plain,
      parents: parents.length > 0 ? taskParents(parents) : NO_PARENTS,
      signal: this.#controller.signal,
      log: (message, level = 'info') => this.outbox.write('log', level, message),
      progress: (fraction, message) => this.outbox.progress(fraction, message),
      // Payloads and results are checked where the tasks are stored.
      tasks: tasks as TaskQueue,
    }
  }

  async #enqueue(
    funcName: string,
    payload: unknown,
    { via, ...options }: EnqueueOptions = {},
  ): Promise<TaskRef> {
    refuseVia('enqueue', via)
    const task = this.#toStore(funcName, payload, options)
    const { tasks } = await this.#call((call) => ({ type: 'enqueue', call, task }))
    return tasks[0] as TaskRef
  }

  async #flow(build: (flow: FlowBuilder) => unknown, options: FlowOptions = {}) {
    refuseVia('flow', options?.via)
    return makeFlow(build, options, async (entries: FlowEntry[]) => {
      const tasks = entries.map(({ task, payload, options, after }) => ({
        ...this.#toStore(task.name, payload, options),
        after,
      }))
      return this.#call((call) => ({ type: 'flow', call, tasks }))
    })
  }

  #toStore<Options extends { runAt?: number | Date }>(
    funcName: string,
    payload: unknown,
    options: Options,
  ): TaskToStore<Options> {
    const { maxJsonBytes } = this.#run.limits
    const { runAt } = options
    return {
      funcName,
      payload: payload === undefined ? null : encodePayload(payload, funcName, maxJsonBytes),
      options: runAt instanceof Date ? { ...options, runAt: runAt.getTime() } : options,
    }
  }

  #call(message: (call: number) => FromWorker): Promise<Stored> {
    if (this.#over) return Promise.reject(ended())
    const call = ++this.#lastCall
    const answer = deferred<Stored>()
    this.#calls.set(call, answer)
    this.#send(message(call))
    return answer.promise
  }
}

function refuseVia(method: string, via: unknown): void {
  if (via === undefined) return
  throw new TaskflowError(
    'invalid_input',
    `${method}: via: expected none in a thread or process, a transaction cannot be sent`,
  )
}

function ended(): TaskflowError {
  return new TaskflowError('configuration', 'enqueue: expected a running attempt, it has ended')
}
