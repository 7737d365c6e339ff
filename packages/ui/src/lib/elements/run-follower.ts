import type { TaskDetailJson } from '@taskflow/core/client'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { RunDetail } from '../store/run-detail.ts'

/** Keeps one run up to date for an element that shows a part of it. */
export class RunFollower {
  readonly #changed: () => void
  #store: DashboardStore | undefined
  #detail: RunDetail | undefined
  #end: (() => void) | undefined

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** The run, once it was read. */
  get task(): TaskDetailJson | null {
    return this.#detail?.task ?? null
  }

  /** Follows this run from now on; without a store, or with an empty id, none. */
  follow(store: DashboardStore | undefined, id: string): void {
    if (store === this.#store && (this.#detail?.id ?? '') === id) return
    this.leave()
    if (!store || !id) return
    const detail = new RunDetail(store, id)
    const ends = [detail.subscribe(this.#changed), detail.open()]
    this.#store = store
    this.#detail = detail
    this.#end = () => {
      for (const end of ends) end()
    }
  }

  leave(): void {
    this.#end?.()
    this.#end = undefined
    this.#store = undefined
    this.#detail = undefined
  }
}
