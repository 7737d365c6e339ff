import { Worker } from 'node:worker_threads'
import { workerUrl } from '../paths.ts'
import { Engine, type VerbName } from './engine.ts'
import { EngineError, type Failure, toFailure } from './errors.ts'
import type { EngineOptions } from './options.ts'

export interface Question {
  id: number
  verb: VerbName | 'open' | 'close'
  input: unknown
}

export interface Answer {
  id: number
  value?: unknown
  failure?: Failure
}

/** Where the engine runs. Rejections are `Failure`s. */
export interface Channel {
  /** False when it ended by itself. */
  readonly usable: boolean
  call(verb: Question['verb'], input: unknown): Promise<unknown>
  end(): Promise<void>
}

/** The engine in this thread. */
export function localChannel(options: EngineOptions): Channel {
  const engine = new Engine(options)
  return {
    usable: true,
    async call(verb, input) {
      try {
        if (verb === 'open') return await engine.open()
        if (verb === 'close') return engine.close()
        return await engine.call(verb, input)
      } catch (error) {
        throw toFailure(error, options.file)
      }
    },
    async end() {
      engine.close()
    },
  }
}

interface Waiting {
  resolve(value: unknown): void
  reject(failure: Failure): void
}

/** The engine in a thread of its own, which keeps the process alive only while a call is open. */
export class WorkerChannel implements Channel {
  usable = true
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  constructor(options: EngineOptions) {
    this.#worker = new Worker(workerUrl, { workerData: options, name: 'taskflow-sqlite' })
    this.#worker.unref()
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    this.#worker.on('error', () => this.#ended())
    this.#worker.on('exit', () => this.#ended())
  }

  call(verb: Question['verb'], input: unknown): Promise<unknown> {
    if (!this.usable) return Promise.reject(failure('no'))
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      // Throws for what cannot be cloned: the caller's mistake, and nothing waits yet.
      this.#worker.postMessage({ id, verb, input } satisfies Question)
      if (this.#waiting.size === 0) this.#worker.ref()
      this.#waiting.set(id, { resolve, reject })
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #answered({ id, value, failure }: Answer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#worker.unref()
    if (failure === undefined) waiting?.resolve(value)
    else waiting?.reject(failure)
  }

  #ended(): void {
    this.usable = false
    for (const { reject } of this.#waiting.values()) reject(failure('unknown'))
    this.#waiting.clear()
  }
}

function failure(committed: 'no' | 'unknown'): Failure {
  return new EngineError('unavailable', 'The thread that runs SQLite has ended.', committed)
}
