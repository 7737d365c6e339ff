import { Worker } from 'node:worker_threads'
import type { StorageHint } from '@taskflow/core'
import { workerUrl } from '../paths.ts'
import { type Answer, EngineHost, type News, type Question } from './engine-host.ts'
import { EngineError, type Failure } from './errors.ts'
import type { EngineOptions } from './options.ts'

/** Where the engine runs. Rejections are `Failure`s. */
export interface Channel {
  /** False when it ended by itself. */
  readonly usable: boolean
  call(verb: Question['verb'], input: unknown): Promise<unknown>
  end(): Promise<void>
}

/** What a channel tells by itself. */
export interface ChannelEvents {
  hint(kinds: readonly StorageHint[]): void
  /** Whether hints come. */
  up(up: boolean): void
}

/** The engine in this thread. */
export function localChannel(options: EngineOptions, events: ChannelEvents): Channel {
  const host = new EngineHost(options, events.hint)
  return {
    usable: true,
    call: (verb, input) =>
      new Promise((resolve, reject) => {
        host.answer({ id: 0, verb, input }, ({ value, failure }) => {
          if (failure === undefined) resolve(value)
          else reject(failure)
        })
      }),
    async end() {
      host.close()
    },
  }
}

/** What batches leave behind: cleared away early it costs no more time, and tens of MB less. */
const YOUNG_MB = 8

interface Waiting {
  resolve(value: unknown): void
  reject(failure: Failure): void
}

/** The engine in a thread of its own, which keeps the process alive only while a call is open. */
export class WorkerChannel implements Channel {
  usable = true
  readonly #worker: Worker
  readonly #events: ChannelEvents
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  constructor(options: EngineOptions, events: ChannelEvents) {
    this.#events = events
    this.#worker = new Worker(workerUrl, {
      workerData: options,
      name: 'taskflow-sqlite',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    this.#worker.unref()
    this.#worker.on('message', (message: Answer | News) => {
      if ('kinds' in message) events.hint(message.kinds)
      else this.#answered(message)
    })
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
    if (this.usable) this.#events.up(false)
    this.usable = false
    for (const { reject } of this.#waiting.values()) reject(failure('unknown'))
    this.#waiting.clear()
  }
}

function failure(committed: 'no' | 'unknown'): Failure {
  return new EngineError('unavailable', 'The thread that runs SQLite has ended.', committed)
}
