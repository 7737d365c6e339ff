import type { Clock } from '../../clock.ts'
import type { ExecutorAttempt } from '../../run/executor.ts'
import { Job } from './job.ts'
import { PooledWorker, type StartWorker } from './pooled-worker.ts'

/** Runs attempts in workers, one in each, in the order in which they came. */
export class WorkerPool {
  readonly #start: StartWorker
  readonly #settings: { kind: string; size: number; graceMs: number; clock: Clock }
  readonly #workers = new Set<PooledWorker>()
  /** The last to end its attempt is the next to get one. */
  #idle: PooledWorker[] = []
  #queue: Job[] = []
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
    const job = new Job(attempt)
    if (this.#busy < this.#settings.size) this.#give(job)
    else this.#wait(job)
    return job.ended
  }

  /** Ends all workers and what they run. */
  async close(): Promise<void> {
    this.#closed = true
    for (const job of this.#queue.splice(0)) job.fail(closed())
    for (const worker of this.#workers) worker.kill('was ended: the app is shutting down')
    await Promise.all([...this.#workers].map(({ gone }) => gone.promise))
  }

  #wait(job: Job): void {
    this.#queue.push(job)
    job.onAbort = () => {
      this.#queue = this.#queue.filter((each) => each !== job)
      job.fail(job.attempt.context.signal.reason)
    }
  }

  #give(job: Job): void {
    this.#busy++
    let worker: PooledWorker | undefined
    try {
      worker = this.#take()
      const taken = worker
      taken.run(job, () => {
        this.#release(taken)
        this.#next()
      })
    } catch (error) {
      job.fail(error)
      this.#release(worker)
    }
  }

  #release(worker: PooledWorker | undefined): void {
    this.#busy--
    if (worker?.usable) this.#idle.push(worker)
    else worker?.kill('cannot be used')
  }

  #next(): void {
    while (this.#busy < this.#settings.size) {
      const job = this.#queue.shift()
      if (!job) return
      this.#give(job)
    }
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
