import { openStream, type StreamState, type TaskflowStream } from '@taskflow/core/client'
import type { DashboardStore } from './dashboard-store.ts'

const HIDDEN_MS = 30_000
const DEFAULT_POLL_MS = 30_000

/**
 * The one stream of a store: opens it after the first pages, closes it while the tab is hidden,
 * and polls when it does not get through.
 */
export class Connection {
  state: StreamState = 'connecting'
  /** Epoch ms of the next attempt, while one is planned. */
  retryAt: number | null = null
  /** What the server says about polling; counts unless the page says something else. */
  serverPollMs = DEFAULT_POLL_MS
  /** True once the stream has been told to continue after a position. */
  resumedBefore = false

  readonly #store: DashboardStore
  #stream: TaskflowStream | null = null
  #lastEventId: string | null = null
  #closed = false
  #pollMs: number | undefined
  #pollTimer: ReturnType<typeof setInterval> | undefined
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined

  constructor(store: DashboardStore) {
    this.#store = store
  }

  /** Waits for the pages that are being read, then connects. */
  async open(pages: readonly Promise<unknown>[]): Promise<void> {
    globalThis.document?.addEventListener('visibilitychange', this.#onVisibility)
    await Promise.allSettled(pages)
    // Opened behind another tab: a browser has six connections to a host, for all of its tabs.
    if (globalThis.document?.visibilityState === 'hidden') return
    if (!this.#closed && !this.#stream && this.state !== 'unauthorised') this.#connect()
  }

  /** Milliseconds between polls, where the stream does not get through. */
  get pollMs(): number {
    return this.#pollMs ?? this.serverPollMs
  }

  setPollMs(pollMs: number): void {
    if (pollMs === this.#pollMs) return
    this.#pollMs = pollMs
    if (this.#pollTimer === undefined) return
    clearInterval(this.#pollTimer)
    this.#pollTimer = setInterval(() => void this.#store.poll(), pollMs)
  }

  close(): void {
    this.#closed = true
    globalThis.document?.removeEventListener('visibilitychange', this.#onVisibility)
    clearInterval(this.#pollTimer)
    clearTimeout(this.#hiddenTimer)
    this.#stream?.close()
    this.#stream = null
  }

  /** Position of a page that was read. Only the first counts: later ones would skip events. */
  sawCursor(cursor: string | null): void {
    if (this.#stream || cursor === null) return
    if (this.#lastEventId === null || isEarlier(cursor, this.#lastEventId)) {
      this.#lastEventId = cursor
    }
  }

  /** A request was answered with 401. */
  signedOut(): void {
    if (this.state === 'unauthorised') return
    this.#stream?.close()
    this.#stream = null
    this.#set('unauthorised', null)
  }

  /** Tries again now: after a sign-in, or because somebody asked. */
  retryNow(): void {
    if (this.#closed) return
    if (this.state === 'unauthorised') {
      this.#set('connecting', null)
      void this.#store.reload()
      void this.#store.poll()
    }
    if (this.#stream) this.#stream.retryNow()
    else this.#connect()
  }

  #connect(): void {
    this.resumedBefore = this.#lastEventId !== null
    // Statuses of a stream that was replaced must not be shown.
    const current: { stream: TaskflowStream | null } = { stream: null }
    const stream = openStream({
      ...this.#store.transport,
      lastEventId: this.#lastEventId,
      onMessage: (message) => {
        this.#lastEventId = message.id ?? this.#lastEventId
        this.#store.receive(message)
      },
      onStatus: (status) => {
        if (current.stream === this.#stream) this.#set(status.state, status.retryAt)
      },
    })
    current.stream = stream
    this.#stream = stream
    this.#set(stream.status.state, stream.status.retryAt)
  }

  #set(state: StreamState, retryAt: number | null): void {
    this.state = state
    this.retryAt = retryAt
    if (state !== 'polling') {
      clearInterval(this.#pollTimer)
      this.#pollTimer = undefined
    } else if (this.#pollTimer === undefined) {
      void this.#store.poll()
      this.#pollTimer = setInterval(() => void this.#store.poll(), this.pollMs)
    }
    this.#store.connectionChanged()
  }

  #onVisibility = () => {
    clearTimeout(this.#hiddenTimer)
    if (document.visibilityState === 'hidden') {
      this.#hiddenTimer = setTimeout(() => {
        this.#stream?.close()
        this.#stream = null
      }, HIDDEN_MS)
    } else if (!this.#stream || this.state === 'unauthorised') {
      // Somebody may have signed in in another tab.
      this.retryNow()
    }
  }
}

/** Whether `<epoch>.<seq>` is before another of the same epoch. */
function isEarlier(a: string, b: string): boolean {
  const [epochA, seqA] = split(a)
  const [epochB, seqB] = split(b)
  return epochA === epochB && seqA < seqB
}

function split(id: string): [string, number] {
  const dot = id.lastIndexOf('.')
  return [id.slice(0, dot), Number(id.slice(dot + 1))]
}
