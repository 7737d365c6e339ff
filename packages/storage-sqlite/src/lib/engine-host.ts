import type { StorageHint } from '@taskflow/core'
import { Engine, type EngineCall, type VerbName } from './engine.ts'
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

/** Small and frequent writes, which share a commit where they wait for it together. */
const SHARING: ReadonlySet<string> = new Set<VerbName>(['insert', 'turn'])
/** So many at most, so that the first of them does not wait for long. */
const MOST_SHARING = 8

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

  /** Answers questions that came together, in their order. */
  answerAll(questions: readonly Question[], reply: (answer: Answer) => void): void {
    for (let from = 0; from < questions.length; ) {
      let to = from + 1
      if (shares(questions[from])) {
        while (to < from + MOST_SHARING && shares(questions[to])) to += 1
      }
      const part = questions.slice(from, to)
      if (part.length === 1 || !this.#answerTogether(part, reply)) {
        for (const question of part) this.answer(question, reply)
      }
      from = to
    }
  }

  /** False when nothing was done. */
  #answerTogether(questions: readonly Question[], reply: (answer: Answer) => void): boolean {
    try {
      const values = this.#engine.callTogether(questions as (Question & EngineCall)[])
      if (values === null) return false
      for (const [n, { id }] of questions.entries()) reply({ id, value: values[n] })
    } catch (error) {
      for (const { id } of questions) reply({ id, failure: toFailure(error, this.#file) })
    }
    return true
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

function shares(question: Question | undefined): boolean {
  return question !== undefined && SHARING.has(question.verb)
}
