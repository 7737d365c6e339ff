import type { StorageHint } from '@taskflow/core'
import { Engine, type VerbName } from './engine.ts'
import { type Failure, toFailure } from './errors.ts'
import type { EngineOptions } from './options.ts'
import { Watch } from './watch.ts'

export interface Question {
  id: number
  verb: VerbName | 'open' | 'close' | 'watch'
  input: unknown
}

export interface Answer {
  id: number
  value?: unknown
  failure?: Failure
}

/** Tells what other processes did. */
export interface News {
  kinds: StorageHint[]
}

/** An engine that takes questions, in whatever thread. */
export class EngineHost {
  readonly #engine: Engine
  readonly #watch: Watch | null
  readonly #file: string

  constructor(options: EngineOptions, tell: (kinds: StorageHint[]) => void) {
    this.#file = options.file
    this.#engine = new Engine(options)
    const { file } = options
    this.#watch = file === ':memory:' ? null : new Watch(file, () => this.#engine.store, tell)
  }

  /** Answers at once where nothing has to be waited for. */
  answer({ id, verb, input }: Question, reply: (answer: Answer) => void): void {
    const fail = (error: unknown) => reply({ id, failure: toFailure(error, this.#file) })
    try {
      const value = this.#ask(verb, input)
      if (value instanceof Promise) value.then((done) => reply({ id, value: done }), fail)
      else reply({ id, value })
    } catch (error) {
      fail(error)
    }
  }

  close(): void {
    if (this.#watch !== null) this.#watch.on = false
    this.#engine.close()
  }

  #ask(verb: Question['verb'], input: unknown): unknown {
    if (verb === 'open') return this.#engine.open()
    if (verb === 'close') return this.close()
    if (verb !== 'watch') return this.#engine.call(verb, input)
    if (this.#watch !== null) this.#watch.on = input === true
  }
}
