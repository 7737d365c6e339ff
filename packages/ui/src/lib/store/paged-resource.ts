import { type ClientError, isAbort } from '@taskflow/core/client'
import type { DashboardStore, RecordView } from './dashboard-store.ts'
import { Emitter } from './emitter.ts'

interface Page<Entry> {
  entries: Entry[]
  next: string | null
}

/** A list, newest first, that grows by older pages. It is read again only when somebody asks. */
export class PagedResource<Entry> extends Emitter implements RecordView {
  value: Entry[] | null = null
  error: ClientError | null = null
  loading = false
  /** Where older ones begin; null when there are none. */
  next: string | null = null

  readonly #store: DashboardStore
  readonly #read: (cursor: string | null, signal: AbortSignal) => Promise<Page<Entry>>
  #abort: AbortController | undefined

  constructor(
    store: DashboardStore,
    read: (cursor: string | null, signal: AbortSignal) => Promise<Page<Entry>>,
  ) {
    super()
    this.#store = store
    this.#read = read
  }

  /** Reads the first page; the returned function ends it. */
  open(): () => void {
    const leave = this.#store.addView(this)
    void this.load()
    return () => {
      leave()
      this.#abort?.abort()
    }
  }

  /** Reads the first page again; what is shown stays until it is there. */
  load(): Promise<void> {
    return this.#fetch(null)
  }

  /** Adds the next page. */
  async more(): Promise<void> {
    if (this.next !== null) await this.#fetch(this.next)
  }

  apply(): void {}
  remove(): void {}

  invalidate(): void {
    void this.load()
  }

  reconnected(): void {
    if (this.error) this.invalidate()
  }

  async #fetch(cursor: string | null): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.loading = true
    this.emit()
    try {
      const page = await this.#read(cursor, abort.signal)
      if (abort.signal.aborted) return
      this.value = cursor === null ? page.entries : [...(this.value ?? []), ...page.entries]
      this.next = page.next
      this.error = null
    } catch (cause) {
      if (isAbort(cause) || abort.signal.aborted) return
      this.error = this.#store.failure(cause)
    }
    this.loading = false
    this.emit()
  }
}
