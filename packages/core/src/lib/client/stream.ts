import { createParser } from 'eventsource-parser'
import { reconnectDelay } from './backoff.ts'
import { ClientError, isAbort } from './client-error.ts'
import { type TaskQuery, toQueryString } from './query.ts'
import { createTransport, type TransportOptions } from './transport.ts'
import type { StreamEvents } from './wire.ts'

/**
 * - `connecting`: the first attempt, or one after a drop, is under way
 * - `live`: events arrive
 * - `polling`: three attempts brought no byte (a proxy that buffers): ask for pages instead
 * - `offline`: no answer, or the connection dropped; another attempt is planned
 * - `error`: the server refused with something else than 401; another attempt is planned
 * - `unauthorised`: 401; no more attempts until `retryNow`
 */
export type StreamState = 'connecting' | 'live' | 'polling' | 'offline' | 'error' | 'unauthorised'

/** One event of the stream, told apart by `type`. */
export type StreamMessage = {
  [Name in keyof StreamEvents]: { type: Name; data: StreamEvents[Name]; id: string | null }
}[keyof StreamEvents]

export interface StreamStatus {
  state: StreamState
  /** Epoch ms of the next attempt, while one is planned. */
  retryAt: number | null
  /** Why the last attempt ended. */
  error: ClientError | null
}

export interface StreamOptions extends TransportOptions {
  /** Only tasks that match; the list's query without page and order. */
  query?: TaskQuery
  /** Only this task, with its log lines as `log` events. */
  taskId?: string
  /** Continue after this event. [the present] */
  lastEventId?: string | null
  /** Told of every event, in order. */
  onMessage(message: StreamMessage): void
  /** Told when the connection opens, fails, waits or ends. */
  onStatus?(status: StreamStatus): void
  /** For the jitter of pauses. [Math.random] */
  random?: () => number
}

export interface TaskflowStream {
  readonly status: StreamStatus
  /** Id of the newest event: give it to `openStream` to continue later. */
  readonly lastEventId: string | null
  /** Connects at once when the stream waits for its next attempt or for a sign-in. */
  retryNow(): void
  /** Ends the stream for good; may be called twice. */
  close(): void
}

/** Without a `hello` that says otherwise. */
const HEARTBEAT_MS = 15_000
/** A connection that held this long makes earlier failures forgotten. */
const HEALTHY_MS = 10_000
const FAILURES_BEFORE_POLLING = 3

/**
 * Follows the changes of a handler and keeps the connection: it reconnects with a growing, jittered
 * pause, continues after the last event it saw, and notices a connection that went silent.
 */
export function openStream(options: StreamOptions): TaskflowStream {
  const send = createTransport(options)
  let lastEventId = options.lastEventId ?? null
  let status: StreamStatus = { state: 'connecting', retryAt: null, error: null }
  let closed = false
  /** A connection is open or being opened; there is never a second one. */
  let busy = false
  let failures = 0
  let silentFailures = 0
  let serverDelayMs = 0
  let abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  function report(state: StreamState, more: Partial<StreamStatus> = {}) {
    status = { state, retryAt: null, error: null, ...more }
    options.onStatus?.(status)
  }

  async function connect(): Promise<void> {
    clearTimeout(timer)
    busy = true
    abort = new AbortController()
    const { signal } = abort
    let bytes = false
    let heartbeatMs = HEARTBEAT_MS
    let watchdog: ReturnType<typeof setTimeout> | undefined
    let healthy: ReturnType<typeof setTimeout> | undefined
    let error: ClientError | null = null
    // Stays "polling" while it tries again in the background.
    if (status.state !== 'polling') report('connecting')

    const parser = createParser({
      onEvent(event) {
        if (event.id !== undefined) lastEventId = event.id
        const message = toMessage(event.event, event.data, event.id ?? null)
        if (!message) return
        if (message.type === 'hello') heartbeatMs = message.data.heartbeat_ms || HEARTBEAT_MS
        options.onMessage(message)
      },
      onRetry(ms) {
        serverDelayMs = Math.min(ms, 60_000)
      },
    })
    function alive() {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => abort.abort(), 2.5 * heartbeatMs)
    }

    try {
      alive()
      const response = await send(`/dashboard/stream${streamQuery(options)}`, {
        headers: {
          accept: 'text/event-stream',
          ...(lastEventId !== null && { 'last-event-id': lastEventId }),
        },
        cache: 'no-store',
        signal,
      })
      const reader = response.body?.getReader()
      // A custom `fetch` may not tie the body to the signal.
      signal.addEventListener('abort', () => void reader?.cancel().catch(() => {}))
      const decoder = new TextDecoder()
      while (reader) {
        const { done, value } = await reader.read()
        if (closed || done) break
        if (!bytes) {
          bytes = true
          healthy = setTimeout(() => {
            failures = 0
          }, HEALTHY_MS)
          silentFailures = 0
          report('live')
        }
        parser.feed(decoder.decode(value, { stream: true }))
        alive()
      }
    } catch (cause) {
      if (cause instanceof ClientError) error = cause
      else if (!isAbort(cause) && !(cause instanceof TypeError))
        queueMicrotask(() => rethrow(cause))
    } finally {
      clearTimeout(watchdog)
      clearTimeout(healthy)
      abort.abort()
      busy = false
    }
    if (!closed) plan(bytes, error)
  }

  function plan(bytes: boolean, error: ClientError | null) {
    failures += 1
    if (!bytes) silentFailures += 1
    if (error?.status === 401) return report('unauthorised', { error })
    const minimum = Math.max(serverDelayMs, error?.retryAfterMs ?? 0)
    const delay = reconnectDelay(failures, minimum, options.random)
    const refused = error !== null && error.status > 0
    // Also when the server refuses: a proxy may answer 504 to the stream and serve all the rest.
    const state =
      silentFailures >= FAILURES_BEFORE_POLLING ? 'polling' : refused ? 'error' : 'offline'
    report(state, { retryAt: Date.now() + delay, error })
    timer = setTimeout(start, delay)
  }

  function start() {
    void connect()
  }

  function retryNow() {
    if (closed || busy) return
    failures = 0
    start()
  }

  const network = globalThis as { addEventListener?: unknown } as Partial<EventTarget>
  network.addEventListener?.('online', retryNow)
  start()

  return {
    get status() {
      return status
    },
    get lastEventId() {
      return lastEventId
    },
    retryNow,
    close() {
      closed = true
      clearTimeout(timer)
      network.removeEventListener?.('online', retryNow)
      abort.abort()
    },
  }
}

function streamQuery(options: StreamOptions): string {
  // Changes come in the order they happen, without pages.
  const { sort: _sort, order: _order, cursor: _cursor, ...query } = options.query ?? {}
  return toQueryString({
    deltas: 1,
    logs: 0,
    ...query,
    ...(options.taskId !== undefined && { task_id: options.taskId }),
  })
}

/** Null for events of a later protocol, and for data that is no JSON. */
function toMessage(name: string | undefined, data: string, id: string | null) {
  try {
    return { type: name ?? 'message', data: JSON.parse(data), id } as StreamMessage
  } catch {
    return null
  }
}

function rethrow(cause: unknown): never {
  throw cause
}
