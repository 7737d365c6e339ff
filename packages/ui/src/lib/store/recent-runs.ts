import { isAbort, type TaskJson } from '@taskflow/core/client'
import type { DashboardStore, RecordView } from './dashboard-store.ts'
import { Emitter } from './emitter.ts'

const AT_ONCE = 3

/** The newest runs of many functions: read for those that are asked for, then by the stream. */
export class RecentRuns extends Emitter implements RecordView {
  readonly #store: DashboardStore
  readonly #limit: number
  readonly #runs = new Map<string, TaskJson[]>()
  readonly #queue: string[] = []
  readonly #abort = new AbortController()
  #reading = 0

  constructor(store: DashboardStore, limit = 32) {
    super()
    this.#store = store
    this.#limit = limit
  }

  open(): () => void {
    const leave = this.#store.addView(this)
    return () => {
      leave()
      this.#abort.abort()
    }
  }

  /** Newest first; reads them when nobody asked before. */
  of(func: string): readonly TaskJson[] {
    const known = this.#runs.get(func)
    if (known) return known
    this.#runs.set(func, [])
    this.#queue.push(func)
    // Not while a page is drawn.
    queueMicrotask(() => this.#next())
    return []
  }

  apply(task: TaskJson): void {
    const runs = this.#runs.get(task.func_name)
    if (!runs) return
    const at = runs.findIndex(({ task_id }) => task_id === task.task_id)
    if (at >= 0) this.#runs.set(task.func_name, runs.with(at, task))
    else if (task.created_at >= (runs[0]?.created_at ?? '')) {
      this.#runs.set(task.func_name, [task, ...runs].slice(0, this.#limit))
    } else return
    this.emit()
  }

  remove(ids: ReadonlySet<string>): void {
    for (const [func, runs] of this.#runs) {
      this.#runs.set(
        func,
        runs.filter(({ task_id }) => !ids.has(task_id)),
      )
    }
    this.emit()
  }

  invalidate(): void {
    for (const func of this.#runs.keys()) if (!this.#queue.includes(func)) this.#queue.push(func)
    this.#next()
  }

  #next(): void {
    while (this.#reading < AT_ONCE) {
      const func = this.#queue.shift()
      if (func === undefined) return
      this.#reading += 1
      void this.#read(func).finally(() => {
        this.#reading -= 1
        this.#next()
      })
    }
  }

  async #read(func: string): Promise<void> {
    const { signal } = this.#abort
    if (signal.aborted) return
    try {
      const query = { func_name: [func], limit: this.#limit }
      const { tasks } = await this.#store.client.list(query, { signal })
      this.#runs.set(func, tasks)
      this.emit()
    } catch (cause) {
      // The strip stays empty; what else the page reads says why.
      if (!isAbort(cause)) this.#store.failure(cause)
    }
  }
}
