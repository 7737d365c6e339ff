import {
  type ClientError,
  isAbort,
  type LogEntryJson,
  openStream,
  type TaskflowStream,
} from '@taskflow/core/client'
import type { DashboardStore } from './dashboard-store.ts'
import { Emitter } from './emitter.ts'

const PAGE = 500
/** Older lines are dropped when more than this arrived live. */
const KEEP = 5000

/** The last page of a run's log, and what is written while somebody watches. */
export class RunLog extends Emitter {
  entries: LogEntryJson[] = []
  total = 0
  state: 'loading' | 'ready' | 'error' = 'loading'
  error: ClientError | null = null
  /** Lines arrive by themselves. */
  live = false

  readonly #store: DashboardStore
  readonly #id: string
  #stream: TaskflowStream | null = null
  #abort: AbortController | undefined

  constructor(store: DashboardStore, id: string) {
    super()
    this.#store = store
    this.#id = id
  }

  /** Reads the last page, given how many lines there are. */
  async load(count: number): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    try {
      const from = Math.max(1, count - PAGE + 1)
      const query = { limit: PAGE, ...(from > 1 && { from }) }
      const page = await this.#store.client.logs(this.#id, query, { signal: abort.signal })
      if (abort.signal.aborted) return
      this.#merge(page.entries)
      this.total = Math.max(page.total, count, this.entries.at(-1)?.n ?? 0)
      this.state = 'ready'
      this.error = null
    } catch (cause) {
      if (isAbort(cause) || abort.signal.aborted) return
      this.error = this.#store.failure(cause)
      this.state = 'error'
    }
    this.emit()
  }

  /** Follows the run's own stream, or stops to. */
  follow(live: boolean): void {
    if (live === (this.#stream !== null)) return
    this.#stream?.close()
    this.#stream = live
      ? openStream({
          ...this.#store.transport,
          taskId: this.#id,
          onMessage: (message) => {
            if (message.type === 'log') this.#receive(message.data)
          },
          onStatus: (status) => {
            this.live = status.state === 'live'
            this.emit()
          },
        })
      : null
    if (!live) this.live = false
    this.emit()
  }

  close(): void {
    this.#abort?.abort()
    this.#stream?.close()
    this.#stream = null
  }

  #receive(entry: LogEntryJson & { task_id: string }): void {
    if (entry.task_id !== this.#id) return
    const last = this.entries.at(-1)?.n ?? 0
    if (this.state === 'ready' && entry.n > last + 1) {
      // Lines were missed between the page and the stream: read the end again.
      void this.load(entry.n)
      return
    }
    this.#merge([entry])
    this.total = Math.max(this.total, entry.n)
    this.emit()
  }

  #merge(entries: readonly LogEntryJson[]): void {
    const first = entries[0]?.n ?? Number.POSITIVE_INFINITY
    const last = this.entries.at(-1)?.n ?? 0
    if (first === last + 1) {
      this.entries = [...this.entries, ...entries].slice(-KEEP)
      return
    }
    const byNumber = new Map(this.entries.map((entry) => [entry.n, entry]))
    for (const entry of entries) byNumber.set(entry.n, entry)
    this.entries = [...byNumber.values()].sort((a, b) => a.n - b.n).slice(-KEEP)
  }
}
