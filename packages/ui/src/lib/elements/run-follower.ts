import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { RunDetail } from '../store/run-detail.ts'
import { endAll } from './end-all.ts'

/** Keeps the run of an element up to date, from when it has an id and a store until it leaves. */
export class RunFollower implements ReactiveController {
  readonly #host: ReactiveControllerHost & { runId: string }
  readonly #storeOf: () => DashboardStore | undefined
  #store: DashboardStore | undefined
  #detail: RunDetail | undefined
  #end: (() => void) | undefined

  constructor(
    host: ReactiveControllerHost & { runId: string },
    storeOf: () => DashboardStore | undefined,
  ) {
    this.#host = host
    this.#storeOf = storeOf
    host.addController(this)
  }

  /** The run and how reading it goes; undefined without an id or a store. */
  get detail(): RunDetail | undefined {
    return this.#detail
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostUpdate(): void {
    const [store, id] = [this.#storeOf(), this.#host.runId]
    if (store === this.#store && (this.#detail?.id ?? '') === id) return
    this.hostDisconnected()
    if (!store || !id) return
    const detail = new RunDetail(store, id)
    const ends = [detail.subscribe(() => this.#host.requestUpdate()), detail.open()]
    this.#store = store
    this.#detail = detail
    this.#end = endAll(ends)
  }

  hostDisconnected(): void {
    this.#end?.()
    this.#end = undefined
    this.#store = undefined
    this.#detail = undefined
  }
}
