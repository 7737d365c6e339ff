import { normaliseBase, type TaskflowClient } from '@taskflow/core/client'
import { DashboardStore } from './dashboard-store.ts'
import type { ConnectionOptions } from './shared-transport.ts'

interface Entry {
  store: DashboardStore
  users: number
}

const entries = new Map<string, Entry>()
const clients = new WeakMap<TaskflowClient, number>()
let clientCount = 0

/**
 * The store of a base, shared by all elements of the page that ask for it: the first one starts
 * it, the last `release` stops it. Headers and a `fetch` that one of them brings count for all.
 */
export function acquireStore(options: ConnectionOptions): {
  store: DashboardStore
  release: () => void
} {
  const key = keyOf(options)
  let entry = entries.get(key)
  if (entry) entry.store.configure(options)
  else {
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

function keyOf({ base, credentials, client }: ConnectionOptions): string {
  if (client && !clients.has(client)) clients.set(client, ++clientCount)
  const sender = (client && clients.get(client)) ?? ''
  return `${sender} ${credentials ?? ''} ${normaliseBase(base)}`
}
