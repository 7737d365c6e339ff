import type { StorageHint } from '@taskflow/core'
import { isSameState, type LogState, logState } from './log-file.ts'
import type { Store } from './store.ts'
import { schedulesVersion } from './verbs/schedules.ts'

/** How often the file is looked at. */
const EVERY_MS = 100
/**
 * A commit is to be seen by others this long after it was written at most: it is flushed in between.
 * Also covers that file systems tell times in steps.
 */
const SETTLED_MS = 2_000

/** One of its own may hide one of another that came right after it: two looks and a last one tell. */
const OWN_MS = 150

/**
 * Notices what other connections write. While nobody writes that costs one `stat` of the
 * write-ahead file each time and no statement; a foreign write is followed by a few, one of its own
 * by three.
 */
export class Watch {
  readonly #walFile: string
  readonly #store: () => Store | undefined
  readonly #tell: (kinds: StorageHint[]) => void
  #timer: ReturnType<typeof setInterval> | undefined
  /** What the file looked like, since when on the monotonic clock, and until when to look closer. */
  #wal: { state: LogState | undefined; since: number; closeMs: number; settled: boolean } = {
    state: undefined,
    since: 0,
    closeMs: 0,
    settled: false,
  }
  /** What was seen last, of this store. */
  #seen: { store: Store; version: number; schedules: string } | undefined

  constructor(file: string, store: () => Store | undefined, tell: (kinds: StorageHint[]) => void) {
    this.#walFile = `${file}-wal`
    this.#store = store
    this.#tell = tell
  }

  set on(on: boolean) {
    clearInterval(this.#timer)
    this.#timer = undefined
    if (!on) return
    this.#wal = { state: undefined, since: 0, closeMs: 0, settled: true }
    this.#look()
    // It does not keep the process alive.
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref()
  }

  #look(): void {
    const state = logState(this.#walFile)
    if (state === undefined) return
    const now = performance.now()
    const last = this.#wal
    // Compared with each other only: the clock that the file's times are by may be set back.
    if (!isSameState(state, last.state)) {
      const isOwn = isSameState(state, this.#store()?.written)
      const closeMs = isOwn ? OWN_MS : SETTLED_MS
      this.#wal = { state, since: now, closeMs, settled: false }
    } else {
      if (last.settled) return
      const age = now - last.since
      if (age > SETTLED_MS) last.settled = true
      else if (age > last.closeMs) return
    }
    try {
      this.#compare()
    } catch {
      // A file in trouble: the next call says so.
    }
  }

  #compare(): void {
    const store = this.#store()
    if (store === undefined) return
    const version = store.dataVersion()
    const seen = this.#seen
    if (seen?.store === store && seen.version === version) return
    const schedules = schedulesVersion(store)
    this.#seen = { store, version, schedules }
    // The first look only learns where things stand.
    if (seen === undefined) return
    const kinds: StorageHint[] = ['work', 'changes']
    if (hasCancels(store)) kinds.push('cancels')
    if (seen.schedules !== schedules) kinds.push('schedules')
    this.#tell(kinds)
  }
}

/** Whether any running task is to stop; which instance it runs on is looked up by that. */
function hasCancels(store: Store): boolean {
  return (
    store.sql('select 1 from {live} where state = 3 and cancel_at is not null limit 1').get() !==
    undefined
  )
}
