import { TaskflowError } from '../../errors.ts'
import { encodeJson } from '../../json.ts'
import { type TaskContext, withContext } from '../../run/context.ts'
import type { Task } from '../../run/define-task.ts'
import { encodeResult } from '../../run/encode-result.ts'
import type { EnqueueOptions, TaskQueue, TaskRef } from '../../run/task-queue.ts'
import { type Deferred, deferred } from './deferred.ts'
import { Outbox } from './outbox.ts'
import type { FromWorker, ToWorker } from './wire.ts'
import { fromWire, type WireError } from './wire-error.ts'

type Run = Extract<ToWorker, { type: 'run' }>

/** One attempt in its worker: the context of the task, and the messages behind it. */
export class WorkerAttempt {
  readonly outbox: Outbox
  readonly #run: Run
  readonly #send: (message: FromWorker) => void
  readonly #controller = new AbortController()
  readonly #calls = new Map<number, Deferred<TaskRef>>()
  #lastCall = 0
  #over = false

  constructor(run: Run, send: (message: FromWorker) => void) {
    this.#run = run
    this.#send = send
    this.outbox = new Outbox(run.limits, (output) => send({ type: 'output', output }))
  }

  /** Runs the task; resolves with the JSON of its result. */
  async run(task: Task<unknown, unknown>): Promise<string> {
    const { payload, limits } = this.#run
    const context = this.#context()
    const input: unknown = payload === null ? undefined : JSON.parse(payload)
    const result = await withContext(context, () => task.run(input, context))
    return encodeResult(result, limits.maxJsonBytes, (message) => context.log(message, 'warn'))
  }

  abort(reason: WireError): void {
    this.#controller.abort(fromWire(reason))
  }

  /** The answer to an enqueue. */
  answer(message: Extract<ToWorker, { type: 'enqueued' | 'refused' }>): void {
    const call = this.#calls.get(message.call)
    this.#calls.delete(message.call)
    if (message.type === 'enqueued') call?.resolve(message.ref)
    else call?.reject(fromWire(message.error))
  }

  /** What the task left running can neither write nor enqueue any more. */
  end() {
    this.#over = true
    for (const { reject } of this.#calls.values()) reject(ended())
    this.#calls.clear()
    return this.outbox.close()
  }

  #context(): TaskContext {
    return {
      ...this.#run.context,
      signal: this.#controller.signal,
      log: (message, level = 'info') => this.outbox.write('log', level, message),
      progress: (fraction, message) => this.outbox.progress(fraction, message),
      tasks: { enqueue: async (task, ...args) => this.#enqueue(task.name, ...args) } as TaskQueue,
    }
  }

  async #enqueue(
    funcName: string,
    payload?: unknown,
    { via, ...options }: EnqueueOptions = {},
  ): Promise<TaskRef> {
    if (this.#over) throw ended()
    if (via !== undefined) {
      throw new TaskflowError(
        'invalid_input',
        'enqueue: via: expected none in a thread or process, a transaction cannot be sent',
      )
    }
    if (options.runAt instanceof Date) options.runAt = options.runAt.getTime()
    const { maxJsonBytes } = this.#run.limits
    const call = ++this.#lastCall
    this.#send({
      type: 'enqueue',
      call,
      funcName,
      payload:
        payload === undefined ? null : encodeJson(payload, `${funcName}: payload`, maxJsonBytes),
      options,
    })
    const answer = deferred<TaskRef>()
    this.#calls.set(call, answer)
    return answer.promise
  }
}

function ended(): TaskflowError {
  return new TaskflowError('configuration', 'enqueue: expected a running attempt, it has ended')
}
