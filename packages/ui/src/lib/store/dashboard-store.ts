import {
  type ClientError,
  createClient,
  type FunctionJson,
  isAbort,
  type MetricsJson,
  normaliseBase,
  type OverviewJson,
  type Right,
  type ScheduleJson,
  type SessionJson,
  type StreamMessage,
  type StreamState,
  type TaskflowClient,
  type TaskJson,
  type TaskPage,
  type TaskQuery,
  type TransportOptions,
} from '@taskflow/core/client'
import { areAlike, VERSION } from '../version.ts'
import { Connection } from './connection.ts'
import { Emitter } from './emitter.ts'
import { PauseBuffer } from './pause-buffer.ts'
import { readPreferences, writePreferences } from './preferences.ts'
import { asClientError } from './run-list.ts'
import { type ConnectionOptions, SharedTransport } from './shared-transport.ts'

/** Something that follows the records of the stream. */
export interface RecordView {
  apply(task: TaskJson): void
  remove(ids: ReadonlySet<string>): void
  /** Events were missed: read again. */
  invalidate(): void
  /** A schedule changed or ran. */
  schedulesChanged?(): void
  /** The stream is there again: what could not be read meanwhile can be now. */
  reconnected?(): void
}

/**
 * Everything the elements of one base share: one client, one stream, and what they told. Knows
 * nothing of the DOM. Nothing here is optimistic: it changes when the server says so.
 */
export class DashboardStore extends Emitter {
  readonly base: string
  readonly transport: TransportOptions
  readonly client: TaskflowClient
  readonly connection: Connection
  metrics: MetricsJson | null = null
  overview: OverviewJson | null = null
  functions: FunctionJson[] = []
  /** Null until they were read, and where there are none to read. */
  schedules: ScheduleJson[] | null = null
  session: SessionJson | null = null
  /** Id of the instance that the stream is on, or was on last; null before the first. */
  instance: string | null = null
  /** Why the last request failed, until one succeeds. */
  error: ClientError | null = null
  /** Epoch ms of the newest answer or event. */
  freshAt: number | null = null

  readonly #views = new Set<RecordView>()
  readonly #loading = new Set<Promise<unknown>>()
  #buffer: PauseBuffer | null = null
  #streamRights: Right[] | null = null
  /** Server time minus ours: relative times must not depend on the visitor's clock. */
  #clockOffset = 0
  #newestSeen = ''
  #hadState = false
  #lastState: StreamState = 'connecting'
  #wasLive = false
  /** What this page was made for; from source, what the server was when the page came. */
  #version = VERSION

  readonly #sender = new SharedTransport()

  constructor(options: ConnectionOptions) {
    super()
    const { credentials, client } = options
    this.base = normaliseBase(options.base)
    this.transport = { base: this.base, credentials, fetch: this.#sender.fetch }
    this.client = client ?? createClient(this.transport)
    this.connection = new Connection(this)
    this.configure(options)
    if (readPreferences(this.base).paused) this.#buffer = new PauseBuffer('')
  }

  /** Connects and asks for what every page shows. Called once, when the first element arrives. */
  start(): void {
    void this.reload()
    // Elements that arrive together ask for their pages first: the stream continues after those.
    setTimeout(() => void this.connection.open([...this.#loading]))
  }

  /** Takes over headers, `fetch` and poll interval, where given; asks again if it was refused. */
  configure(options: ConnectionOptions): void {
    if (options.pollMs !== undefined) this.connection.setPollMs(options.pollMs)
    const changed = this.#sender.configure(options)
    if (changed && this.connection.state === 'unauthorised') this.connection.retryNow()
  }

  /** Whether a plain link to the handler is answered as the store's requests are. */
  get isPlain(): boolean {
    return this.#sender.isPlain
  }

  stop(): void {
    this.connection.close()
  }

  /** Asks again for session, numbers and functions, e.g. after a sign-in. */
  async reload(): Promise<void> {
    const { client } = this
    await Promise.all([
      this.#keep(client.session(), (session) => {
        this.session = session
      }),
      this.readOverview(),
      this.#keep(client.metrics(), (metrics) => {
        this.metrics = metrics
      }),
      this.#keep(client.functions(), (functions) => {
        this.functions = functions
      }),
    ])
  }

  /** Reads the state of the server: what no event tells, such as a process that reports no more. */
  readOverview(): Promise<void> {
    return this.#keep(this.client.overview(), (overview) => {
      this.overview = overview
      this.#version ||= overview.version
      this.connection.serverPollMs = overview.config.poll_interval_seconds * 1000
    })
  }

  /** Reads the schedules, if there are any; without them it is no news. */
  async readSchedules(): Promise<void> {
    try {
      this.schedules = await this.client.schedules({ sort: 'next_run', ticks: 0 })
    } catch (cause) {
      if (!isAbort(cause)) this.failure(cause)
    }
    this.emit()
  }

  /** What polling repeats: the numbers, and the pages that are shown. */
  async poll(): Promise<void> {
    for (const view of this.#views) view.invalidate()
    await this.#keep(this.client.metrics(), (metrics) => {
      this.metrics = metrics
    })
  }

  /** One page of the list; keeps track of errors and of the position in the stream. */
  async list(query: TaskQuery, signal: AbortSignal): Promise<TaskPage> {
    const answer = this.client.list(query, { signal })
    this.#loading.add(answer)
    try {
      const page = await answer
      this.connection.sawCursor(page.cursor)
      for (const task of page.tasks) this.#see(task)
      // Paused since before the reload: what was just read is what the pause shows.
      if (this.#buffer) this.#buffer.newestSeen ||= this.#newestSeen
      this.#succeeded()
      return page
    } catch (cause) {
      this.#failed(cause)
      throw cause
    } finally {
      this.#loading.delete(answer)
    }
  }

  /** Sends records and removals to `view` until the returned function is called. */
  addView(view: RecordView): () => void {
    this.#views.add(view)
    return () => {
      this.#views.delete(view)
    }
  }

  /** A record that an action returned: shown at once, also while paused. */
  accept(task: TaskJson): void {
    this.#see(task)
    for (const view of [...this.#views]) view.apply(task)
  }

  /** How the connection is shown: polling that does not get through either is no connection. */
  get connectionState(): StreamState {
    const { state } = this.connection
    const { error } = this
    if (state !== 'polling' || error === null) return state
    return error.status === 0 ? 'offline' : error.status >= 500 ? 'error' : state
  }

  /** Why a request failed. A session that ended, it ended for everybody who shares the store. */
  failure(cause: unknown): ClientError {
    const error = asClientError(cause)
    if (error.status === 401) this.connection.signedOut()
    return error
  }

  /** Server time, epoch ms. */
  now(): number {
    return Date.now() + this.#clockOffset
  }

  /** Whether the visitor may; false until the server has said so. */
  may(right: Right): boolean {
    if (this.overview?.config.read_only && right !== 'read') return false
    return (this.session?.rights ?? this.#streamRights ?? []).includes(right)
  }

  /** The versions of page and server, where they are not made for each other; else null. */
  get versionMix(): { page: string; server: string } | null {
    const [page, server] = [this.#version, this.overview?.version ?? '']
    return !page || !server || areAlike(page, server) ? null : { page, server }
  }

  get paused(): boolean {
    return this.#buffer !== null
  }

  /** Runs created since the pause began. */
  get heldRuns(): number {
    return this.#buffer?.newRuns ?? 0
  }

  setPaused(paused: boolean): void {
    if (paused === this.paused) return
    const buffer = this.#buffer
    this.#buffer = paused ? new PauseBuffer(this.#newestSeen) : null
    writePreferences(this.base, { paused })
    if (buffer) {
      if (buffer.metrics) this.metrics = buffer.metrics
      this.#removeAll(buffer.removed)
      for (const task of buffer.tasks) this.accept(task)
      if (buffer.incomplete) this.#invalidateAll()
    }
    this.emit()
  }

  /** One event of the stream. */
  receive(message: StreamMessage): void {
    this.freshAt = Date.now()
    const buffer = this.#buffer
    switch (message.type) {
      case 'hello':
        this.#clockOffset = Date.parse(message.data.now) - Date.now() || 0
        this.#streamRights = message.data.rights
        this.instance = message.data.instance
        break
      case 'state':
        this.#receiveState(message.data.tasks, message.data.metrics)
        break
      case 'task':
        if (buffer) buffer.add(message.data)
        else this.accept(message.data)
        break
      case 'removed':
        if (buffer) buffer.remove(message.data.task_ids)
        else this.#removeAll(new Set(message.data.task_ids))
        break
      case 'metrics':
        if (buffer) buffer.metrics = message.data
        else this.metrics = message.data
        break
      case 'resync':
        if (buffer) buffer.incomplete = true
        else this.#invalidateAll()
        break
      case 'schedules':
        this.schedules = byNextRun(message.data)
        // What is shown of a schedule is more than the event holds.
        if (!buffer) for (const view of this.#views) view.schedulesChanged?.()
        break
      case 'log':
      case 'health':
      case 'bye':
        break
    }
    this.emit()
  }

  /** For `Connection`: its state changed. */
  connectionChanged(): void {
    const { state } = this.connection
    if (state === 'live' && this.#lastState !== 'live') {
      for (const view of [...this.#views]) view.reconnected?.()
      // It may have been started anew, as another version or with other settings.
      if (this.#wasLive) void this.readOverview()
      this.#wasLive = true
    }
    this.#lastState = state
    this.emit()
  }

  #receiveState(tasks: readonly TaskJson[], metrics: MetricsJson): void {
    if (this.#buffer && this.#hadState) {
      this.#buffer.metrics = metrics
      for (const task of tasks) this.#buffer.add(task)
      this.#buffer.incomplete = true
    } else {
      this.metrics = metrics
      for (const task of tasks) this.accept(task)
      // Not the first one: the stream could not continue, so anything may have changed meanwhile.
      if (this.#hadState || this.connection.resumedBefore) this.#invalidateAll()
    }
    this.#hadState = true
  }

  #removeAll(ids: ReadonlySet<string>): void {
    for (const view of [...this.#views]) view.remove(ids)
  }

  #invalidateAll(): void {
    for (const view of [...this.#views]) view.invalidate()
  }

  #see(task: TaskJson): void {
    if (task.created_at > this.#newestSeen) this.#newestSeen = task.created_at
  }

  async #keep<Value>(answer: Promise<Value>, keep: (value: Value) => void): Promise<void> {
    try {
      keep(await answer)
      this.#succeeded()
    } catch (cause) {
      this.#failed(cause)
    }
    this.emit()
  }

  #succeeded(): void {
    this.error = null
    this.freshAt = Date.now()
  }

  #failed(cause: unknown): void {
    if (isAbort(cause)) return
    this.error = this.failure(cause)
    this.emit()
  }
}

/** Without a next run last. */
function byNextRun(schedules: readonly ScheduleJson[]): ScheduleJson[] {
  return schedules.toSorted((a, b) => ((a.next_run ?? '~') < (b.next_run ?? '~') ? -1 : 1))
}
