import {
  type ClientError,
  isAbort,
  type TaskDetailJson,
  type TaskJson,
} from '@taskflow/core/client'
import type { DashboardStore } from './dashboard-store.ts'
import { Emitter } from './emitter.ts'

const REFETCH_PAUSE_MS = 500

/** One run, whole, kept up to date: its record by the stream, attempts and lifecycle by reading again. */
export class RunDetail extends Emitter {
  readonly id: string
  task: TaskDetailJson | null = null
  error: ClientError | null = null
  /** The run was pruned or deleted while it was open. */
  gone = false

  readonly #store: DashboardStore
  #abort: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastFetchAt = 0
  #leave: (() => void) | undefined

  constructor(store: DashboardStore, id: string) {
    super()
    this.id = id
    this.#store = store
  }

  /** Reads the run and follows it. Returns the function that ends it. */
  open(): () => void {
    this.#leave = this.#store.addView(this)
    void this.load()
    return () => {
      this.#leave?.()
      this.#abort?.abort()
      clearTimeout(this.#timer)
    }
  }

  async load(): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.#lastFetchAt = Date.now()
    try {
      const task = await this.#store.client.get(this.id, { signal: abort.signal })
      if (abort.signal.aborted) return
      // An answer older than what the stream brought: ask again rather than go back.
      if (this.task && task.rev < this.task.rev) this.invalidate()
      else this.task = task
      this.error = null
      this.gone = false
    } catch (cause) {
      if (isAbort(cause) || abort.signal.aborted) return
      this.error = this.#store.failure(cause)
      if (this.error.status === 404) this.gone = true
    }
    this.emit()
  }

  apply(task: TaskJson): void {
    if (task.task_id !== this.id || !this.task || task.rev <= this.task.rev) return
    // The stream cuts errors and leaves logs out: the record that is read again has them whole.
    this.task = { ...this.task, ...task }
    this.emit()
    this.invalidate()
  }

  remove(ids: ReadonlySet<string>): void {
    if (!ids.has(this.id)) return
    this.gone = true
    this.emit()
  }

  reconnected(): void {
    if (this.error) this.invalidate()
  }

  invalidate(): void {
    if (this.#timer !== undefined) return
    const wait = Math.max(0, this.#lastFetchAt + REFETCH_PAUSE_MS - Date.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.load()
    }, wait)
  }
}
