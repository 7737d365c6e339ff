import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'

const MIB = 1024 * 1024
/** Readers keep the log from starting anew at a checkpoint: a log this large waits for them. */
const LARGE_BYTES = 10 * MIB
/** How long it waits for readers; nobody else writes meanwhile. */
const WAIT_MS = 100
/** Where they stay longer it tries again after this, twice that, and so on. */
const PAUSE_MS = 50
const MAX_PAUSE_MS = 1_000

/** What tells one state of the file from another. */
export interface LogState {
  mtimeMs: number
  size: number
}

export function logState(path: string): LogState | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? undefined : { mtimeMs: stat.mtimeMs, size: stat.size }
}

export function isSameState(a: LogState | undefined, b: LogState | undefined): boolean {
  return a?.mtimeMs === b?.mtimeMs && a?.size === b?.size
}

/** Keeps the write-ahead file below 16 MiB, whoever reads; only one long read lets it grow. */
export class LogFile {
  readonly #client: Database.Database
  readonly #path: string | null
  #pauseMs = PAUSE_MS
  #nextAt = 0
  /** What the file looked like after the last commit of this connection. */
  written: LogState | undefined

  /** Null: a database without a file. */
  constructor(client: Database.Database, file: string | null) {
    this.#client = client
    this.#path = file === null ? null : `${file}-wal`
    // Pages that change with every commit are copied to the database once for so many.
    client.pragma('wal_autocheckpoint = 2500')
    client.pragma(`journal_size_limit = ${16 * MIB}`)
  }

  /** After a commit. */
  trim(): void {
    if (this.#path === null) return
    this.written = logState(this.#path)
    if ((this.written?.size ?? 0) <= LARGE_BYTES) return
    if (performance.now() < this.#nextAt) return
    const done = this.#startAnew()
    this.#nextAt = done ? 0 : performance.now() + this.#pauseMs
    this.#pauseMs = done ? PAUSE_MS : Math.min(2 * this.#pauseMs, MAX_PAUSE_MS)
  }

  #startAnew(): boolean {
    this.#client.pragma(`busy_timeout = ${WAIT_MS}`)
    try {
      const [answer] = this.#client.pragma('wal_checkpoint(truncate)') as { busy: number }[]
      return answer?.busy === 0
    } catch {
      // The commit stands all the same; a disk in trouble fails the next one.
      return false
    } finally {
      this.#client.pragma('busy_timeout = 0')
    }
  }
}
