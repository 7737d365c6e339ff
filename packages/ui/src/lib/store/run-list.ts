import { ClientError, isAbort, type TaskJson, type TaskPage } from '@taskflow/core/client'
import type { DashboardStore } from './dashboard-store.ts'
import { Emitter } from './emitter.ts'
import {
  isNewestFirst,
  matchesFilter,
  NEWEST_FIRST,
  NO_FILTER,
  type RunFilter,
  type RunSort,
  toTaskQuery,
} from './filter.ts'
import { readCursors, writeCursors } from './page-memory.ts'

/** What a list asks for. */
export interface RunListRequest {
  filter: RunFilter
  sort: RunSort
  limit: number
}

/** One run of a page. */
export interface RunRow {
  task: TaskJson
  /** It matched when the page was read, but no longer does: shown dimmed until the next read. */
  stale: boolean
  /** Grows with every change seen live; 0 for rows as they were read. */
  changes: number
}

const REFETCH_PAUSE_MS = 2000
/** What one answer may hold. */
const MOST_RECORDS = 1000

/**
 * One page of runs that follows the stream: rows change in place, newcomers are inserted on the
 * first page of a newest-first list, or counted while `holdNewcomers` says that somebody reads.
 */
export class RunList extends Emitter {
  rows: RunRow[] = []
  /** `loading`: the first read of this request is under way. */
  state: 'idle' | 'loading' | 'ready' | 'error' = 'idle'
  error: ClientError | null = null
  /** A read is under way while rows of an earlier one are shown. */
  refreshing = false
  total = 0
  totalExact = true
  next: string | null = null
  /** Newcomers that are held back. */
  get newcomers(): number {
    return this.#missed.count + this.#held.size
  }
  /** The runs of the page. */
  get tasks(): TaskJson[] {
    return this.rows.map(({ task }) => task)
  }
  /** Zero-based number of the page. */
  page = 0
  request: RunListRequest
  /** Asked for every newcomer: true counts it instead of inserting it. */
  holdNewcomers: () => boolean = () => false

  readonly #store: DashboardStore
  /** Cursor of each page up to the shown one; the first page has none. */
  #cursors: (string | undefined)[] = [undefined]
  #abort: AbortController | undefined
  #refetchTimer: ReturnType<typeof setTimeout> | undefined
  #lastFetchAt = 0
  /** Newcomers that came by the stream. */
  readonly #held = new Set<string>()
  /** Newcomers that were only counted, for events were missed, and the newest of them. */
  #missed: { count: number; newest: TaskJson | null } = NONE_MISSED
  /** Records that came while a page was being read: the page may be older than they are. */
  #duringFetch: TaskJson[] = []

  constructor(store: DashboardStore, request?: Partial<RunListRequest>) {
    super()
    this.#store = store
    this.request = { filter: NO_FILTER, sort: NEWEST_FIRST, limit: 30, ...request }
  }

  /** Starts to follow the stream. Returns the function that ends it. */
  open(): () => void {
    const leave = this.#store.addView(this)
    return () => {
      leave()
      this.#abort?.abort()
      clearTimeout(this.#refetchTimer)
    }
  }

  /**
   * Reads a page of another request, the first one by default; the old rows stay until it is there.
   * A page that was not reached from here before is walked to.
   */
  async load(request: Partial<RunListRequest> = {}, page = 0): Promise<void> {
    this.request = { ...this.request, ...request }
    this.#cursors = page > 0 ? readCursors(this.#store.base, this.request) : [undefined]
    this.page = this.#cursors.length > page ? page : 0
    if (this.page < page) await this.#walk(page)
    return this.#fetch()
  }

  /** Reads the shown page again. */
  refresh(): Promise<void> {
    return this.#fetch()
  }

  nextPage(): Promise<void> {
    if (this.next === null) return Promise.resolve()
    this.page += 1
    this.#cursors[this.page] = this.next
    writeCursors(this.#store.base, this.request, this.#cursors)
    return this.#fetch()
  }

  previousPage(): Promise<void> {
    if (this.page === 0) return Promise.resolve()
    // The page before one that was walked to has no cursor yet.
    if (this.page > 1 && this.#cursors[this.page - 1] === undefined) {
      return this.load({}, this.page - 1)
    }
    this.page -= 1
    return this.#fetch()
  }

  /** A record from the stream or from an action. */
  apply(task: TaskJson): void {
    if (this.#abort !== undefined) this.#duringFetch.push(task)
    const index = this.rows.findIndex((row) => row.task.task_id === task.task_id)
    const row = this.rows[index]
    const matches = matchesFilter(task, this.request.filter, this.#store.now())
    if (row) {
      if (task.rev <= row.task.rev) return
      this.rows = this.rows.with(index, {
        task: { ...row.task, ...task },
        stale: !matches,
        changes: row.changes + 1,
      })
      this.emit()
    } else if (matches && this.state === 'ready') {
      this.#arrive(task)
    }
  }

  /** Runs that were pruned or deleted. */
  remove(ids: ReadonlySet<string>): void {
    const rows = this.rows.filter((row) => !ids.has(row.task.task_id))
    if (rows.length === this.rows.length) return
    this.total = Math.max(0, this.total - (this.rows.length - rows.length))
    this.rows = rows
    this.emit()
  }

  /** Something was missed: reads the page again, at most every two seconds. */
  invalidate(): void {
    if (this.state === 'idle' || this.#refetchTimer !== undefined) return
    const wait = Math.max(0, this.#lastFetchAt + REFETCH_PAUSE_MS - Date.now())
    this.#refetchTimer = setTimeout(() => {
      this.#refetchTimer = undefined
      void this.#fetch(this.#isHolding)
    }, wait)
  }

  reconnected(): void {
    if (this.state === 'error') this.invalidate()
  }

  /** Only the first page of a newest-first list has a place for a run that was just created. */
  #arrive(task: TaskJson): void {
    if (this.page > 0 || !isNewestFirst(this.request.sort)) return
    const at = this.rows.findIndex((row) => isNewer(task, row.task))
    // Older than the page's last row: it belongs to a later page.
    if (at < 0 && this.rows.length >= this.request.limit) return
    if (this.holdNewcomers()) {
      const { newest } = this.#missed
      if (newest && !isNewer(task, newest)) return
      if (this.#held.has(task.task_id)) return
      this.#held.add(task.task_id)
    } else {
      const row: RunRow = { task, stale: false, changes: 1 }
      const rows = this.rows.toSpliced(at < 0 ? this.rows.length : at, 0, row)
      this.rows = rows.slice(0, this.request.limit)
      this.total += 1
    }
    this.emit()
  }

  /** Finds the cursor of a page by reading those before it in one go, as far as one answer goes. */
  async #walk(page: number): Promise<void> {
    const { filter, sort, limit } = this.request
    const before = Math.min(page, Math.floor(MOST_RECORDS / limit))
    const request = this.request
    this.state = this.rows.length > 0 ? this.state : 'loading'
    try {
      const query = toTaskQuery(filter, sort, before * limit)
      const { next } = await this.#store.list(query, new AbortController().signal)
      if (request !== this.request || next === null) return
      this.#cursors[before] = next
      this.page = before
    } catch {
      // Reading the page says what is wrong.
    }
  }

  /** Whether newcomers would have to wait. */
  get #isHolding(): boolean {
    const { page, rows, request } = this
    return page === 0 && rows.length > 0 && isNewestFirst(request.sort) && this.holdNewcomers()
  }

  /** Reads the page; with `hold`, what came since is counted, and the rows stay what they are. */
  async #fetch(hold = false): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.#duringFetch = []
    this.#lastFetchAt = Date.now()
    this.refreshing = this.rows.length > 0
    if (!this.refreshing && this.state !== 'ready') this.state = 'loading'
    this.emit()
    const { filter, sort, limit } = this.request
    const cursor = this.#cursors[this.page]
    const query = { ...toTaskQuery(filter, sort, limit), ...(cursor !== undefined && { cursor }) }
    const until = hold ? justAfter(this.rows[0]) : undefined
    try {
      const [page, newest] = await Promise.all([
        this.#store.list({ ...query, ...(until && { until }) }, abort.signal),
        until ? this.#store.list({ ...query, limit: 1 }, abort.signal) : null,
      ])
      if (abort.signal.aborted) return
      this.#abort = undefined
      this.#show(page, newest)
    } catch (cause) {
      if (isAbort(cause) || abort.signal.aborted) return
      this.#abort = undefined
      // A page that could not be read may be asked for again at once.
      this.#lastFetchAt = 0
      this.error = asClientError(cause)
      this.state = 'error'
      this.refreshing = false
      this.emit()
    }
  }

  /** Shows a page; `newest`, where it was read, tells how much there is beside it. */
  #show(page: TaskPage, newest: TaskPage | null): void {
    const known = new Map(this.rows.map((row) => [row.task.task_id, row]))
    this.rows = page.tasks.map((task) => {
      const old = known.get(task.task_id)
      // The stream may have been faster than this answer.
      return old && old.task.rev > task.rev ? old : { task, stale: false, changes: 0 }
    })
    this.#held.clear()
    this.#missed = newest
      ? { count: Math.max(0, newest.total - page.total), newest: newest.tasks[0] ?? null }
      : NONE_MISSED
    this.next = page.next
    this.total = page.total
    this.totalExact = page.totalExact
    this.error = null
    this.state = 'ready'
    this.refreshing = false
    const missed = this.#duringFetch
    this.#duringFetch = []
    for (const task of missed) this.apply(task)
    this.emit()
  }
}

const NONE_MISSED = { count: 0, newest: null }

/** The instant before which a run and all older ones were created. */
function justAfter(row: RunRow | undefined): string | undefined {
  return row && new Date(Date.parse(row.task.created_at) + 1).toISOString()
}

/** Whatever was thrown, as something with a sentence for people. */
export function asClientError(cause: unknown): ClientError {
  if (cause instanceof ClientError) return cause
  return new ClientError(
    { status: 0, code: 'internal', detail: 'The answer could not be read.' },
    { cause },
  )
}

function isNewer(a: TaskJson, b: TaskJson): boolean {
  return a.created_at === b.created_at ? a.task_id > b.task_id : a.created_at > b.created_at
}
