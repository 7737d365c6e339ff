import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../../clock.ts'
import type { ExecutorAttempt } from '../../run/executor.ts'
import { type Deferred, deferred } from './deferred.ts'
import { PooledWorker, type StartWorker, type Within } from './pooled-worker.ts'

interface Waiting {
  attempt: ExecutorAttempt
  within: Within
  settle: Deferred<unknown>
  forget(): void
}

/** Runs attempts in workers, one in each, in the order in which they came. */
export class WorkerPool {
  readonly #start: StartWorker
  readonly #settings: { kind: string; size: number; graceMs: number; clock: Clock }
  readonly #workers = new Set<PooledWorker>()
  /** The last to end its attempt is the next to get one. */
  #idle: PooledWorker[] = []
  readonly #queue = new Set<Waiting>()
  #busy = 0
  #closed = false

  constructor(
    start: StartWorker,
    settings: { kind: string; size: number; graceMs: number; clock: Clock },
  ) {
    this.#start = start
    this.#settings = settings
  }

  /** Runs an attempt when a slot is free. */
  run(attempt: ExecutorAttempt): Promise<unknown> {
    if (this.#closed) return Promise.reject(closed())
    const { signal } = attempt.context
    if (signal.aborted) return Promise.reject(signal.reason)
    const within = AsyncLocalStorage.snapshot()
    if (this.#busy < this.#settings.size) return this.#run(attempt, within)
    const settle = deferred<unknown>()
    const onAbort = () => {
      this.#queue.delete(waiting)
      settle.reject(signal.reason)
    }
    const forget = () => signal.removeEventListener('abort', onAbort)
    const waiting: Waiting = { attempt, within, settle, forget }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#queue.add(waiting)
    return settle.promise
  }

  /** Ends all workers and what they run. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { settle, forget } of this.#queue) {
      forget()
      settle.reject(closed())
    }
    this.#queue.clear()
    for (const worker of this.#workers) worker.kill('was ended: the app is shutting down')
    await Promise.all([...this.#workers].map(({ gone }) => gone.promise))
  }

  async #run(attempt: ExecutorAttempt, within: Within): Promise<unknown> {
    this.#busy++
    let worker: PooledWorker | undefined
    try {
      worker = this.#take()
      return await worker.run(attempt, within)
    } finally {
      this.#busy--
      if (worker?.usable) this.#idle.push(worker)
      else worker?.kill('cannot be used')
      this.#next()
    }
  }

  #next(): void {
    const [waiting] = this.#queue
    if (waiting === undefined || this.#busy >= this.#settings.size) return
    this.#queue.delete(waiting)
    waiting.forget()
    waiting.settle.resolve(this.#run(waiting.attempt, waiting.within))
  }

  #take(): PooledWorker {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.usable) return idle
    }
    const { kind } = this.#settings
    try {
      const worker = new PooledWorker(this.#start, this.#settings)
      this.#workers.add(worker)
      void worker.gone.promise.then(() => {
        this.#workers.delete(worker)
        this.#idle = this.#idle.filter((each) => each !== worker)
      })
      return worker
    } catch (cause) {
      throw new Error(`The ${kind} could not be started`, { cause })
    }
  }
}

function closed(): Error {
  return new Error('The executor is closed: the app is shutting down')
}
