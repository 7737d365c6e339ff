import { asUnavailable, TaskFailedError, TaskflowError, unknownTask } from '../errors.ts'
import type { LifecycleEvent } from '../observers/observer.ts'
import { checkOptionNames } from '../option-names.ts'
import { isFinal } from '../record.ts'
import type { StoredTask } from '../storage/contract.ts'
import { Gather } from './gather.ts'
import type { ResolvedOptions } from './options.ts'
import { recordOf } from './record-of.ts'
import { resultOf } from './result-of.ts'

/** Tasks that other instances run are looked at this often. */
const POLL_MS = 1_000
/** Ids in one query. */
const MAX_LOOK = 1_000

/** How long to wait for a result. */
export interface ResultOptions {
  /** Gives up after this long; the task goes on. [never] */
  timeoutMs?: number
  /** Gives up when it aborts; the task goes on. [never] */
  signal?: AbortSignal
}

interface Waiter {
  resolve(result: unknown): void
  reject(error: unknown): void
}

/**
 * Waits for results. What ends in this process is looked at when it does, the rest once a second,
 * with one query for all who wait.
 */
export class Results {
  readonly #options: ResolvedOptions
  readonly #looks: Gather<string, StoredTask | null>
  readonly #waiting = new Map<string, Set<Waiter>>()
  #cancelTimer: (() => void) | null = null
  #closed = false

  constructor(options: ResolvedOptions, open: () => Promise<void>) {
    this.#options = options
    this.#looks = new Gather(async (taskIds) => {
      await open()
      try {
        return await options.storage.get({ taskIds })
      } catch (error) {
        throw asUnavailable(error, 'no')
      }
    }, MAX_LOOK)
  }

  async wait(taskId: string, options: ResultOptions): Promise<unknown> {
    checkOptionNames(options, { timeoutMs: true, signal: true }, { where: 'result' })
    const { timeoutMs, signal } = options
    if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
      const message = `result: timeoutMs: expected milliseconds of 0 or more, got ${timeoutMs}`
      throw new TaskflowError('invalid_input', message)
    }
    if (typeof taskId !== 'string') {
      throw new TaskflowError('invalid_input', 'result: expected what enqueue resolved with')
    }
    if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
      throw new TaskflowError('invalid_input', 'result: signal: expected an AbortSignal')
    }
    signal?.throwIfAborted()
    if (this.#closed) throw stopped()
    return new Promise((resolve, reject) => {
      const leave = () => {
        disarm()
        signal?.removeEventListener('abort', giveUp)
        this.#forget(taskId, waiter)
      }
      const waiter: Waiter = {
        resolve(result) {
          leave()
          resolve(result)
        },
        reject(error) {
          leave()
          reject(error)
        },
      }
      const giveUp = () => waiter.reject(signal?.reason)
      signal?.addEventListener('abort', giveUp, { once: true })
      const disarm = this.#timeLimit(taskId, timeoutMs, waiter)
      this.#waitersOf(taskId).add(waiter)
      this.#look(taskId).catch(waiter.reject)
      this.#poll()
    })
  }

  /** A step that this instance took. */
  notice({ taskId, step }: Pick<LifecycleEvent, 'taskId' | 'step'>): void {
    if (!this.#waiting.has(taskId)) return
    if (step === 'accepted' || step === 'started' || step === 'retrying' || step === 'requeued') {
      return
    }
    this.#lookAgain(taskId)
  }

  /** Whoever still waits is told that nothing comes any more. */
  close(): void {
    this.#closed = true
    for (const waiters of this.#waiting.values()) {
      for (const { reject } of waiters) reject(stopped())
    }
  }

  async #look(taskId: string): Promise<void> {
    const stored = await this.#looks.add(taskId)
    if (stored && !isFinal(stored.status)) return
    const waiters = [...(this.#waiting.get(taskId) ?? [])]
    if (waiters.length === 0) return
    try {
      if (!stored) throw unknownTask(taskId)
      if (stored.status !== 'success') throw new TaskFailedError(recordOf(stored))
      const result = await resultOf(stored, this.#options.encryption)
      for (const { resolve } of waiters) resolve(result)
    } catch (error) {
      for (const { reject } of waiters) reject(error)
    }
  }

  /** A look that fails is made again with the next poll: the task has not failed. */
  #lookAgain(taskId: string): void {
    this.#look(taskId).catch(() => {})
  }

  #poll(): void {
    if (this.#cancelTimer) return
    this.#cancelTimer = this.#options.clock.after(POLL_MS, () => {
      this.#cancelTimer = null
      for (const taskId of this.#waiting.keys()) this.#lookAgain(taskId)
      if (this.#waiting.size > 0) this.#poll()
    })
  }

  #timeLimit(taskId: string, timeoutMs: number | undefined, waiter: Waiter): () => void {
    if (timeoutMs === undefined) return () => {}
    return this.#options.clock.after(timeoutMs, () => {
      const message = `result: expected task ${taskId} to end within ${timeoutMs} ms`
      waiter.reject(new TaskflowError('unavailable', message))
    })
  }

  #waitersOf(taskId: string): Set<Waiter> {
    const waiters = this.#waiting.get(taskId) ?? new Set()
    this.#waiting.set(taskId, waiters)
    return waiters
  }

  #forget(taskId: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(taskId)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.#waiting.delete(taskId)
    if (this.#waiting.size > 0) return
    this.#cancelTimer?.()
    this.#cancelTimer = null
  }
}

function stopped(): TaskflowError {
  return new TaskflowError('unavailable', 'result: the manager has stopped')
}
