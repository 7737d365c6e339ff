import type { RunListRequest } from './run-list.ts'

type Cursors = (string | undefined)[]

/** Cursors of the pages of the newest list, so that a reload finds its page again. */
export function readCursors(base: string, request: RunListRequest): Cursors {
  try {
    const { of, cursors } = JSON.parse(sessionStorage.getItem(key(base)) ?? '{}')
    if (of !== JSON.stringify(request) || !Array.isArray(cursors)) return [undefined]
    return [undefined, ...cursors.slice(1).map((one) => (one === null ? undefined : String(one)))]
  } catch {
    return [undefined]
  }
}

/** Remembers them for this tab. Does nothing when storage is denied. */
export function writeCursors(base: string, request: RunListRequest, cursors: Cursors): void {
  try {
    const text = JSON.stringify({ of: JSON.stringify(request), cursors })
    sessionStorage.setItem(key(base), text)
  } catch {
    // A reload then leads to the first page.
  }
}

function key(base: string): string {
  return `taskflow:pages:${base}`
}
