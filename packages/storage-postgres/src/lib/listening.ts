import { randomUUID } from 'node:crypto'
import type { HintListener } from '@taskflow/core'
import type postgres from 'postgres'
import type { Sql } from 'postgres'
import { channelOf, decodeHints, NOTIFY } from './hints.ts'
import type { CheckedOptions } from './options.ts'
import { patiently } from './patience.ts'
import { connect } from './store.ts'

/**
 * After how long a silence a beat speaks to the connection, after how long it does so itself, and how
 * long the echo may take.
 */
const BEAT_SPEAKS_MS = 7_000
const QUIET_MS = 11_500
const ANSWER_WITHIN_MS = 3_000
const LOOK_EVERY_MS = 500
const AGAIN_MS = [100, 300, 1_000, 3_000, 5_000]

/**
 * One connection that listens for all of a storage's listeners. It may die without a word, so it is
 * notified when it has heard nothing for a while, by a beat that comes by or by itself, and replaced
 * when it does not hear that.
 */
export class Listening {
  readonly #options: CheckedOptions
  readonly #epoch: string
  readonly #listeners = new Set<HintListener>()
  #connection: Connection | undefined
  #opening: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #up = true

  constructor(options: CheckedOptions, epoch: string) {
    this.#options = options
    this.#epoch = epoch
  }

  /** Adds a listener; the function that comes back removes it. */
  async add(listener: HintListener): Promise<() => Promise<void>> {
    // One of its own for each call, so that one listener may listen twice.
    let wasUp = true
    const own: HintListener = {
      hint: (kind) => listener.hint(kind),
      up: (up) => {
        if (up !== wasUp) listener.up(up)
        wasUp = up
      },
    }
    this.#listeners.add(own)
    if (this.#connection === undefined) {
      this.#opening ??= this.#open()
      await this.#opening
    }
    // Whoever comes while it is down starts from being up.
    if (!this.#up) own.up(false)
    return async () => {
      this.#listeners.delete(own)
      if (this.#listeners.size === 0) this.close()
    }
  }

  /** What a beat that is sent now should say to the connection; null when there is no need. */
  echo(): Echo | null {
    return this.#connection?.echo(BEAT_SPEAKS_MS) ?? null
  }

  close(): void {
    this.#listeners.clear()
    clearTimeout(this.#timer)
    this.#failures = 0
    this.#connection?.end()
    this.#connection = undefined
    this.#up = true
  }

  async #open(): Promise<void> {
    const connection = new Connection(this.#options, channelOf(this.#epoch), {
      heard: (text) => {
        for (const kind of decodeHints(text)) {
          for (const listener of [...this.#listeners]) listener.hint(kind)
        }
      },
      lost: () => {
        if (this.#connection !== connection) return
        this.#connection = undefined
        this.#tryAgain()
      },
    })
    try {
      await connection.open()
      this.#opening = undefined
      if (this.#listeners.size === 0) return connection.end()
      this.#connection = connection
      clearTimeout(this.#timer)
      this.#failures = 0
      this.#tell(true)
    } catch {
      // `up(false)` says it; what was missed meanwhile is found by looking.
      connection.end()
      this.#opening = undefined
      this.#tryAgain()
    }
  }

  #tryAgain(): void {
    if (this.#listeners.size === 0) return
    this.#tell(false)
    const waitMs = AGAIN_MS[Math.min(this.#failures++, AGAIN_MS.length - 1)]
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#opening ??= this.#open()
    }, waitMs).unref()
  }

  #tell(up: boolean): void {
    if (up === this.#up) return
    this.#up = up
    for (const listener of [...this.#listeners]) listener.up(up)
  }
}

/** A notification of a connection to itself. */
export interface Echo {
  channel: string
  text: string
}

interface ConnectionEvents {
  heard(text: string): void
  lost(): void
}

/** A connection that listens, for as long as it hears itself. */
class Connection {
  readonly #sql: Sql
  readonly #channel: string
  readonly #events: ConnectionEvents
  readonly #self = `=${randomUUID()}`
  #timer: NodeJS.Timeout | undefined
  #heardAt = 0
  /** Ends the waiting for an echo. */
  #stopWaiting: (() => void) | undefined
  #ended = false

  constructor(options: CheckedOptions, channel: string, events: ConnectionEvents) {
    this.#channel = channel
    this.#events = events
    this.#sql = connect(options, 1, {}, {
      idle_timeout: undefined,
      max_lifetime: null,
      onclose: () => this.#lose(),
      onnotify: (_channel: string, text: string) => this.#heard(text),
    } as Partial<postgres.Options<Record<string, never>>>)
  }

  async open(): Promise<void> {
    // A server may fall silent after it took the connection.
    const stop = patiently(ANSWER_WITHIN_MS, () => this.end())
    try {
      await this.#sql.unsafe(`listen "${this.#channel}"`)
    } finally {
      stop()
    }
    this.#heardAt = performance.now()
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#timer)
    this.#stopWaiting?.()
    void this.#sql.end({ timeout: 0 })
  }

  #heard(text: string): void {
    if (this.#ended) return
    this.#heardAt = performance.now()
    this.#stopWaiting?.()
    this.#stopWaiting = undefined
    if (!text.startsWith('=')) this.#events.heard(text)
  }

  /** What is to be said now, if it was quiet for so long. Then the answer is waited for. */
  echo(quietMs: number): Echo | null {
    // Whatever others say is as good as an echo.
    const quiet = performance.now() - this.#heardAt
    if (this.#ended || this.#stopWaiting !== undefined || quiet < quietMs) return null
    this.#stopWaiting = patiently(ANSWER_WITHIN_MS, () => this.#lose())
    return { channel: this.#channel, text: this.#self }
  }

  #look(): void {
    const echo = this.echo(QUIET_MS)
    if (echo === null) return
    // Its own failing is told by the echo that does not come.
    this.#sql.unsafe(NOTIFY, [echo.channel, echo.text]).catch(() => {})
  }

  #lose(): void {
    if (this.#ended) return
    this.end()
    this.#events.lost()
  }
}
