import { type ClientError, isAbort } from '@taskflow/core/client'
import type { DashboardStore, RecordView } from './dashboard-store.ts'
import { Emitter } from './emitter.ts'

/** Something else than runs that a page shows: read once, and again when runs change, but not often. */
export class Resource<Value> extends Emitter implements RecordView {
  /** What was read last; stays while it is read again, and when that fails. */
  value: Value | null = null
  /** Why the last read failed. */
  error: ClientError | null = null
  loading = false

  readonly #store: DashboardStore
  readonly #read: (signal: AbortSignal) => Promise<Value>
  readonly #everyMs: number
  readonly #schedules: boolean
  #abort: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastAt = 0

  /** `everyMs`: at most so often because runs changed; `Infinity`: only when events were missed. `schedules`: also when one of those changed. */
  constructor(
    store: DashboardStore,
    read: (signal: AbortSignal) => Promise<Value>,
    everyMs = 3000,
    schedules = false,
  ) {
    super()
    this.#store = store
    this.#read = read
    this.#everyMs = everyMs
    this.#schedules = schedules
  }

  /** Reads it and follows the stream, until the returned function is called. */
  open(): () => void {
    const leave = this.#store.addView(this)
    void this.load()
    return () => {
      leave()
      this.#abort?.abort()
      clearTimeout(this.#timer)
    }
  }

  /** Reads it now. */
  async load(): Promise<void> {
    this.#abort?.abort()
    clearTimeout(this.#timer)
    this.#timer = undefined
    const abort = new AbortController()
    this.#abort = abort
    this.#lastAt = Date.now()
    this.loading = true
    this.emit()
    try {
      const value = await this.#read(abort.signal)
      if (abort.signal.aborted) return
      this.value = value
      this.error = null
    } catch (cause) {
      if (isAbort(cause) || abort.signal.aborted) return
      this.error = this.#store.failure(cause)
    }
    this.loading = false
    this.emit()
  }

  /** Drops what was read, e.g. because something else is asked for; reads again. */
  restart(): Promise<void> {
    this.value = null
    this.error = null
    return this.load()
  }

  apply(): void {
    if (Number.isFinite(this.#everyMs)) this.#soon(this.#everyMs)
  }

  remove(): void {
    this.apply()
  }

  /** Events were missed. */
  invalidate(): void {
    this.#soon(2000)
  }

  reconnected(): void {
    if (this.error) this.invalidate()
  }

  /** A schedule changed or ran; only what was asked to looks at it. */
  schedulesChanged(): void {
    if (this.#schedules) this.#soon(1000)
  }

  #soon(everyMs: number): void {
    if (this.#timer !== undefined) return
    const wait = Math.max(0, this.#lastAt + everyMs - Date.now())
    this.#timer = setTimeout(() => void this.load(), wait)
  }
}
