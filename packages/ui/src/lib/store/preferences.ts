import type { RunSort } from './filter.ts'

/** What the dashboard remembers on this device, per base. */
export interface Preferences {
  theme?: 'light' | 'dark' | 'auto'
  density?: 'comfortable' | 'compact'
  /** BCP 47; empty: as the page. */
  language?: string
  sort?: RunSort
  limit?: number
  paused?: boolean
  paneWidth?: number
  /** Ids of the list's columns; none: those that fit. */
  columns?: string[] | undefined
  /** Groups of pages that are folded away. */
  closedGroups?: string[]
  /** How logs are shown. */
  log?: { wrap?: boolean; times?: boolean }
}

const VERSION = 'v1'

/** Reads the preferences of a base; none when storage is denied or holds something else. */
export function readPreferences(base: string): Preferences {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key(base)) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Preferences) : {}
  } catch {
    return {}
  }
}

/** Changes some preferences of a base; null forgets all. Does nothing when storage is denied. */
export function writePreferences(base: string, change: Preferences | null): void {
  try {
    if (change === null) localStorage.removeItem(key(base))
    else localStorage.setItem(key(base), JSON.stringify({ ...readPreferences(base), ...change }))
  } catch {
    // Private windows and sandboxed frames may refuse: the choice then lasts for this page.
  }
}

function key(base: string): string {
  return `taskflow:${VERSION}:${base}`
}
