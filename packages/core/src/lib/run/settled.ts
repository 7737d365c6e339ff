import type { ObserverChain } from '../observers/observer-chain.ts'
import type { Settlement, SettleResult } from '../storage/contract.ts'
import { announce } from './announce.ts'
import type { Attempt } from './attempt.ts'
import type { ResolvedOptions } from './options.ts'
import { acceptedStep, settledStep } from './steps.ts'

/** A settlement that waits for its turn. */
export interface Finished {
  settlement: Settlement
  /** Null when no handler ran. */
  attempt: Attempt | null
}

/** What is left at the end of a shutdown. */
export interface HandBack {
  /** Handlers that ended by themselves or by the signal, since the shutdown began. */
  completed: number
  /** Back to pending. */
  released: number
  interrupted: number
  /** Handlers that never returned. */
  abandoned: number
}

type Result = Extract<SettleResult, { result: 'settled' }>

/** What became of attempts that were settled: tells observers, and counts for the report of a stop. */
export class Settled {
  #completed = 0
  #released = 0
  #interrupted = 0
  readonly #options: ResolvedOptions
  readonly #observers: ObserverChain

  constructor(options: ResolvedOptions, observers: ObserverChain) {
    this.#options = options
    this.#observers = observers
  }

  /** A shutdown begins: what was completed before does not count. */
  stopping(): void {
    this.#completed = 0
  }

  /** The end of a shutdown. */
  report(abandoned: number): HandBack {
    return {
      completed: this.#completed,
      released: this.#released,
      interrupted: this.#interrupted,
      abandoned,
    }
  }

  /** Takes the answer to a batch; true when there is a reason to look for work. */
  take(batch: readonly Finished[], results: readonly SettleResult[]): boolean {
    let wakes = false
    batch.forEach((finished, i) => {
      const result = results[i]
      if (result?.result === 'settled') wakes = this.#takeOne(finished, result) || wakes
    })
    return wakes
  }

  #takeOne({ settlement, attempt }: Finished, result: Result): boolean {
    this.#count(settlement, result)
    const at = this.#options.clock.now()
    if (attempt) this.#observers.lifecycle(settledStep(attempt, settlement, result, at))
    // Cancelled after it was claimed, before it began.
    else if (result.status === 'cancelled') void announce([result], this.#options, this.#observers)
    for (const task of settlement.chained ?? []) {
      this.#observers.lifecycle(acceptedStep(task, at))
    }
    // It may be due again, or its end lets another one start: only a claim tells when.
    return result.status === 'pending' || !attempt || isLimited(attempt)
  }

  #count({ outcome: { type } }: Settlement, { status }: Result): void {
    if (type === 'unstarted') return
    if (type !== 'released') this.#completed++
    else if (status === 'interrupted') this.#interrupted++
    else this.#released++
  }
}

function isLimited(attempt: Attempt): boolean {
  return attempt.task.settings.concurrency !== null
}
