import { normaliseBase, type TransportOptions } from '@taskflow/core/client'
import { DashboardStore } from './dashboard-store.ts'

interface Entry {
  store: DashboardStore
  users: number
}

const entries = new Map<string, Entry>()

/**
 * The store of a base, shared by all elements of the page that ask for it: the first one starts
 * it, the last `release` stops it. Options of later ones are ignored.
 */
export function acquireStore(options: TransportOptions): {
  store: DashboardStore
  release: () => void
} {
  const key = `${options.credentials ?? ''} ${normaliseBase(options.base)}`
  let entry = entries.get(key)
  if (!entry) {
    entry = { store: new DashboardStore(options), users: 0 }
    entries.set(key, entry)
    entry.store.start()
  }
  const mine = entry
  mine.users += 1
  let released = false
  return {
    store: mine.store,
    release() {
      if (released) return
      released = true
      mine.users -= 1
      // Elements that are moved leave and come back within the same task: keep the stream.
      setTimeout(() => {
        if (mine.users > 0 || entries.get(key) !== mine) return
        entries.delete(key)
        mine.store.stop()
      })
    },
  }
}
