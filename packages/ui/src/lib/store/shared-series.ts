import type { SeriesBucketJson } from '@taskflow/core/client'
import type { DashboardStore } from './dashboard-store.ts'
import { Resource } from './resource.ts'

/** Which numbers over time. */
export interface SeriesWanted {
  window: string
  step: string
  /** Only of this task; empty for all. */
  task: string
  /** Read again at most so often. */
  everyMs: number
}

interface Shared {
  resource: Resource<SeriesBucketJson[]>
  users: number
  close: () => void
}

const all = new WeakMap<DashboardStore, Map<string, Shared>>()

/** Numbers over time, read once for all elements that show the same; `close` when they are needed no more. */
export function openSeries(store: DashboardStore, wanted: SeriesWanted, changed: () => void) {
  const { window, step, task, everyMs } = wanted
  const series = all.get(store) ?? new Map<string, Shared>()
  all.set(store, series)
  const key = JSON.stringify([window, step, task])
  let shared = series.get(key)
  if (!shared) {
    const only = task ? { func_name: task } : {}
    const resource = new Resource(
      store,
      (signal) => store.client.series({ window, step, ...only }, { signal }),
      everyMs,
    )
    shared = { resource, users: 0, close: resource.open() }
    series.set(key, shared)
  }
  const mine = shared
  mine.users += 1
  const unsubscribe = mine.resource.subscribe(changed)
  const close = () => {
    unsubscribe()
    mine.users -= 1
    if (mine.users > 0) return
    mine.close()
    series.delete(key)
  }
  return { series: mine.resource, close }
}
