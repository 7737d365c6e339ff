import type { DashboardStore } from '../../store/dashboard-store.ts'
import { NEWEST_FIRST, type RunSort } from '../../store/filter.ts'
import { readPreferences, writePreferences } from '../../store/preferences.ts'
import type { RunList } from '../../store/run-list.ts'
import type { GridView } from './grid-view.ts'
import type { ListPlace } from './list-place.ts'

interface OrderParts {
  base: () => DashboardStore['base']
  list: () => RunList | undefined
  place: ListPlace
  grid: GridView
}

/** In what order the runs stand, and which page of them; both are remembered on this device. */
export class ListOrder {
  readonly #host: { sort: RunSort | null; at: number }
  readonly #parts: OrderParts

  constructor(host: { sort: RunSort | null; at: number }, parts: OrderParts) {
    this.#host = host
    this.#parts = parts
  }

  get sort(): RunSort {
    return this.#host.sort ?? readPreferences(this.#parts.base()).sort ?? NEWEST_FIRST
  }

  readonly setSort = (sort: RunSort): void => {
    writePreferences(this.#parts.base(), { sort })
    this.#parts.place.go({ sort, at: 1 })
  }

  readonly setLimit = (limit: number): void => {
    writePreferences(this.#parts.base(), { limit })
    void this.#parts.list()?.load({ limit })
    this.#parts.place.go({ at: 1 })
  }

  readonly turn = async (to: 'next' | 'previous'): Promise<void> => {
    const { grid, place } = this.#parts
    const list = this.#parts.list()
    if (!list) return
    grid.scrollToTop()
    const turned = to === 'next' ? list.nextPage() : list.previousPage()
    place.go({ at: list.page + 1 })
    await turned
  }

  readonly showNewcomers = (): void => {
    const { grid, place } = this.#parts
    grid.scrollToTop()
    void this.#parts.list()?.load()
    if (this.#host.at > 1) place.go({ at: 1 })
  }
}
