import type { Clock } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import type {
  AttemptEnd,
  LifecycleEvent,
  LogEvent,
  ObservedAttempt,
  TaskObserver,
} from './observer.ts'

/** An observer that does not close in this time is left behind. */
const CLOSE_MS = 5_000

type Having<Method extends keyof TaskObserver> = TaskObserver & Required<Pick<TaskObserver, Method>>

/** Tells every observer, each on its own. */
export class ObserverChain {
  readonly #observers: readonly TaskObserver[]
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  #onLog: readonly Having<'onLog'>[]
  #onLifecycle: readonly Having<'onLifecycle'>[]
  readonly #around: readonly Having<'around'>[]
  #closed: Promise<void> | null = null

  constructor(
    observers: readonly TaskObserver[],
    options: { clock: Clock; onError: (error: unknown) => void },
  ) {
    this.#observers = observers
    this.#clock = options.clock
    this.#onError = options.onError
    this.#onLog = having('onLog', observers)
    this.#onLifecycle = having('onLifecycle', observers)
    this.#around = having('around', observers)
  }

  log(event: LogEvent): void {
    for (const observer of this.#onLog) this.#isolate(() => observer.onLog(event))
  }

  lifecycle(event: LifecycleEvent): void {
    // Told several times of each task: without a closure for each.
    for (const observer of this.#onLifecycle) {
      try {
        this.#heed(observer.onLifecycle(event))
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  /** True when attempts are to begin by `around`. */
  get wraps(): boolean {
    return this.#around.length > 0
  }

  /**
   * Begins an attempt, once, inside of what the observers put around it, the first one outermost.
   * Returns what `begin` returned; `end` tells them how it came out.
   */
  around<Begun>(
    attempt: ObservedAttempt,
    begin: () => Begun,
    end: (begun: Begun) => Promise<AttemptEnd>,
  ): Begun {
    const enter = (depth: number): Begun => {
      const observer = this.#around[depth]
      if (!observer) return begin()
      const inner = once(() => enter(depth + 1))
      let called = false
      const run = () => {
        called = true
        return end(inner())
      }
      this.#isolate(() => {
        const outcome = observer.around(attempt, run)
        if (called) return outcome
        return Promise.resolve(outcome).then(() => Promise.reject(notRun(attempt)))
      })
      return inner()
    }
    return enter(0)
  }

  /** Tells nothing more, and lets every observer close. Never rejects; again: the same promise. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll()
    return this.#closed
  }

  async #closeAll(): Promise<void> {
    this.#onLog = []
    this.#onLifecycle = []
    await Promise.all(this.#observers.map((observer) => this.#close(observer)))
  }

  async #close(observer: TaskObserver): Promise<void> {
    let cancelTimer = () => {}
    const tooLong = new Promise<never>((_, reject) => {
      const error = new Error(`An observer has not closed within ${CLOSE_MS} ms and is left behind`)
      cancelTimer = this.#clock.after(CLOSE_MS, () => reject(error))
    })
    try {
      await Promise.race([observer.close?.(), tooLong])
    } catch (error) {
      this.#onError(error)
    } finally {
      cancelTimer()
    }
  }

  #isolate(call: () => void | Promise<void>): void {
    try {
      this.#heed(call())
    } catch (error) {
      this.#onError(error)
    }
  }

  #heed(outcome: void | Promise<void>): void {
    if (outcome !== undefined) Promise.resolve(outcome).catch(this.#onError)
  }
}

function having<Method extends keyof TaskObserver>(
  method: Method,
  observers: readonly TaskObserver[],
): Having<Method>[] {
  return observers.filter((observer): observer is Having<Method> => Boolean(observer[method]))
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function notRun({ funcName }: ObservedAttempt): TaskflowError {
  const message = `${funcName}: observer: around: expected run to be called before it returns`
  return new TaskflowError('configuration', message)
}
