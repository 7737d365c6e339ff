import { systemClock } from '../../clock.ts'
import { TaskflowError } from '../../errors.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { ChangePage, LogPage } from '../../storage/contract.ts'
import { isoInstant, logJson } from '../serialize.ts'
import { type ChangedTasks, changeFrames } from './change-frames.ts'
import { ScheduleNews } from './schedule-news.ts'
import { type SeatLimits, Seats } from './seats.ts'
import { type Frames, frame, StreamClient, type StreamRequest } from './stream-client.ts'
import { MAX_CHANGES, StreamReads } from './stream-reads.ts'
import { Surroundings } from './surroundings.ts'

/** How often the storage is asked for changes while somebody watches: ten frames a second. */
const LOOK_MS = 100
/** Numbers, and the whole state for plain streams, at most this often. */
const METRICS_MS = 1_000
const HEARTBEAT_MS = 15_000
const RETRY_MS = 1_000
/** Every how many heartbeats it is asked whether a reader may still read: half a minute. */
const CHECK_BEATS = 2
/** A reader that lags for this many heartbeats reads too slowly to be of use. */
const MAX_BEATS_BEHIND = 2

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Compressing middleware would hold every event back.
  'cache-control': 'no-store, no-transform',
  vary: 'Origin, Cookie, Authorization, Sec-Fetch-Site',
  'x-accel-buffering': 'no',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
}

/** What a hub goes by. */
export interface StreamHubOptions extends SeatLimits {
  exposePayloads: boolean
}

/**
 * Feeds all open streams from one reader of the storage's changes, so that watchers cost the
 * storage nothing more. An event's id is a position in that feed: another instance, or this one
 * after a restart, can go on from it.
 */
export class StreamHub {
  readonly #manager: TaskManager
  readonly #onError: (error: unknown) => void
  readonly #clients = new Set<StreamClient>()
  readonly #seats: Seats
  readonly #releases = new Map<StreamClient, () => void>()
  readonly #reads: StreamReads
  readonly #surroundings: Surroundings
  readonly #schedules: ScheduleNews
  #cursor: string | null = null
  /** Counts how often somebody began to watch. */
  #watches = 0
  #cancelLook = () => {}
  #cancelHeartbeat = () => {}
  #healthy = true
  #metricsDue = false
  #unwatch = () => {}
  #metricsAt = Number.NEGATIVE_INFINITY

  constructor(manager: TaskManager, onError: (error: unknown) => void, options: StreamHubOptions) {
    this.#manager = manager
    this.#onError = onError
    this.#seats = new Seats(options)
    this.#surroundings = new Surroundings(manager)
    this.#schedules = new ScheduleNews(manager)
    this.#reads = new StreamReads(manager, this.#schedules, options.exposePayloads)
    manager.stopping.addEventListener('abort', () => this.close())
  }

  async open(request: StreamRequest): Promise<Response> {
    if (request.headOnly) return new Response(null, { headers: HEADERS })
    const release = this.#seats.take(request.owner)
    try {
      const client = await this.#admit(request, release)
      return new Response(client.body, { headers: HEADERS })
    } catch (error) {
      release()
      throw error
    }
  }

  async #admit(request: StreamRequest, release: () => void): Promise<StreamClient> {
    await this.#manager.open()
    const changes = this.#reads.feed()
    // Asked first and looked at last: another reader may have come meanwhile, or the end.
    const head = this.#cursor ?? (await changes.head())
    if (this.#manager.stopping.aborted) {
      throw new TaskflowError('unavailable', 'the app is shutting down')
    }
    const client = new StreamClient(request, {
      caughtUp: () => {
        if (request.deltas) client.write(frame('resync', {}))
        else this.#metricsDue = true
      },
      gone: () => this.#leave(client),
    })
    this.#cursor ??= head
    // From here on nothing is missed: what changes is held back until the first state is out.
    this.#clients.add(client)
    this.#releases.set(client, release)
    if (this.#clients.size === 1) this.#run()
    request.signal.addEventListener('abort', () => this.#leave(client))
    if (request.signal.aborted) this.#leave(client)
    try {
      client.begin(...(await this.#beginning(client)))
    } catch (error) {
      this.#leave(client)
      throw error
    }
    return client
  }

  /** Functions were paused or resumed here: that is told at once. */
  functionsChanged(): void {
    this.#surroundings.hurry()
  }

  /** Says goodbye to everybody. */
  close(): void {
    for (const client of this.#clients) {
      client.end('shutdown')
      this.#leave(client)
    }
  }

  async #beginning(client: StreamClient): Promise<Frames[]> {
    const { request } = client
    // After a restart not all of them are to come back at once.
    const retry = `retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_MS)}\n\n`
    if (request.taskId !== null) {
      const task = await this.#manager.get(request.taskId)
      client.logsSent = task?.logCount ?? 0
    }
    if (!request.deltas) return [retry, await this.#reads.state(request)]
    const missed = await this.#reads.missed(request)
    const hello = frame('hello', {
      protocol: 1,
      now: isoInstant(systemClock.now()),
      instance: this.#manager.instanceId,
      heartbeat_ms: HEARTBEAT_MS,
      resumed: missed !== null,
      rights: request.rights,
    })
    if (missed === null) return [retry, hello, await this.#reads.state(request)]
    const { page, changed } = missed
    // Its numbers are as old as the last event that it saw.
    if (page.taskIds.length > 0) this.#metricsDue = true
    return [retry, hello, changeFrames(client, page.taskIds, changed, page.cursor)]
  }

  #run(): void {
    const watch = ++this.#watches
    const look = async () => {
      const failure = await this.#look().then(
        () => null,
        (error: unknown) => ({ error }),
      )
      // The last reader left meanwhile: another one, if there is, has a watch of its own.
      if (watch !== this.#watches || this.#clients.size === 0) return
      if (failure && this.#healthy) this.#onError(failure.error)
      this.#health(failure === null)
      // Asking again at once would not help a storage in trouble.
      const restMs = this.#healthy ? LOOK_MS : METRICS_MS
      this.#cancelLook = systemClock.after(restMs, () => void look())
    }
    let beats = 0
    const beat = () => {
      beats += 1
      for (const client of this.#clients) this.#keepAlive(client, beats % CHECK_BEATS === 0)
      if (this.#clients.size > 0) this.#cancelHeartbeat = systemClock.after(HEARTBEAT_MS, beat)
    }
    this.#unwatch = this.#schedules.watch()
    this.#cancelLook = systemClock.after(LOOK_MS, () => void look())
    this.#cancelHeartbeat = systemClock.after(HEARTBEAT_MS, beat)
  }

  #keepAlive(client: StreamClient, check: boolean): void {
    const { expiresAt } = client.request
    if (client.lagging) client.beatsBehind += 1
    if (expiresAt !== null && expiresAt <= systemClock.now()) this.#dismiss(client, 'reauth')
    else if (client.beatsBehind >= MAX_BEATS_BEHIND) this.#dismiss(client, 'slow')
    else {
      client.write(': \n\n')
      if (check) void this.#check(client)
    }
  }

  async #check(client: StreamClient): Promise<void> {
    if (client.checking) return
    client.checking = true
    // A storage in trouble cannot tell, and nothing new comes from it meanwhile.
    const allowed = await client.request.stillAllowed(systemClock.now()).catch(() => true)
    client.checking = false
    if (!allowed && this.#clients.has(client)) this.#dismiss(client, 'reauth')
  }

  /** Ends a stream; who does not even read that has the connection cut. */
  #dismiss(client: StreamClient, reason: 'reauth' | 'slow'): void {
    client.end(reason)
    this.#leave(client)
    systemClock.after(HEARTBEAT_MS, () => client.request.disconnect())
  }

  #rest(): void {
    this.#cancelLook()
    this.#cancelHeartbeat()
    this.#unwatch()
    this.#surroundings.forget()
    this.#cursor = null
  }

  #leave(client: StreamClient): void {
    this.#releases.get(client)?.()
    this.#releases.delete(client)
    if (this.#clients.delete(client) && this.#clients.size === 0) this.#rest()
  }

  async #look(): Promise<void> {
    const changes = this.#reads.feed()
    const cursor = this.#cursor
    if (cursor === null) return
    const page = await changes.since({ cursor, limit: MAX_CHANGES + 1 })
    if (this.#cursor !== cursor) return
    if (page.gap || page.taskIds.length > MAX_CHANGES) {
      this.#cursor = await changes.head()
      this.#metricsDue = true
      this.#tell(frame('resync', {}, this.#cursor))
    } else if (page.taskIds.length > 0) {
      this.#metricsDue = true
      await this.#sendChanges(page)
      // Only now: what could not be read is asked for again. Twice is better than never.
      if (this.#cursor === cursor) this.#cursor = page.cursor
    }
    await this.#sendNumbers()
    this.#tell(await this.#surroundings.news(systemClock.monotonic()))
  }

  /** To all streams of changes. */
  #tell(frames: string): void {
    if (frames === '') return
    for (const client of this.#clients) if (client.request.deltas) client.write(frames)
  }

  async #sendChanges(page: ChangePage): Promise<void> {
    const changed = await this.#reads.changed(page.taskIds)
    const { tasks } = changed
    // A run of a schedule began or ended: its next or last one is another.
    for (const { scheduleId } of tasks.values()) if (scheduleId !== null) this.#schedules.due = true
    const json = new Map<number, Map<string, string>>()
    for (const client of this.#clients) {
      if (!client.request.deltas) continue
      client.write(changeFrames(client, page.taskIds, changed, page.cursor, json))
      await this.#sendLogs(client, tasks)
    }
  }

  /** Numbers for streams of changes; the whole state for plain ones. */
  async #sendNumbers(): Promise<void> {
    const monotonic = systemClock.monotonic()
    if (!this.#metricsDue && !this.#schedules.due) return
    if (monotonic - this.#metricsAt < METRICS_MS) return
    this.#metricsAt = monotonic
    if (this.#schedules.due) {
      const news = await this.#schedules.frames()
      // Plain streams get the whole state.
      if (news !== '') this.#metricsDue = true
      this.#tell(news)
    }
    if (!this.#metricsDue) return
    const numbers = await this.#reads.numbers()
    const plain: StreamClient[] = []
    for (const client of this.#clients) {
      if (client.request.deltas) client.write(numbers)
      else plain.push(client)
    }
    const states = plain.map(async (client) => {
      client.write(await this.#reads.state(client.request))
    })
    await Promise.all(states)
    this.#metricsDue = false
  }

  async #sendLogs(client: StreamClient, tasks: ChangedTasks['tasks']): Promise<void> {
    const { taskId } = client.request
    const task = taskId === null ? undefined : tasks.get(taskId)
    if (!taskId || !task || task.logCount <= client.logsSent || !this.#manager.storage.logs) return
    // The last change of a task may bring more lines than a page holds.
    for (let from: number | null = client.logsSent + 1; from !== null && !client.lagging; ) {
      const page: LogPage = await this.#manager.logs({ taskId, from })
      client.logsSent = page.entries.at(-1)?.n ?? client.logsSent
      client.write(
        page.entries.map((entry) => frame('log', { ...logJson(entry), task_id: taskId })).join(''),
      )
      from = page.next
    }
  }

  #health(healthy: boolean): void {
    if (healthy === this.#healthy) return
    this.#healthy = healthy
    this.#tell(frame('health', { status: healthy ? 'ok' : 'unavailable' }))
  }
}
