import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from './errors.ts'
import type { InstanceLocks } from './locks.ts'
import { LogFile, type LogState } from './log-file.ts'
import { migrate } from './migrate.ts'
import type { EngineOptions } from './options.ts'
import { Session } from './session.ts'

/** Files up to this size are checked whole when they are opened: about half a second at most. */
const CHECKED_BYTES = 64 * 1024 * 1024

/** The connection of a storage: opened, checked and up to date. */
export class Store extends Session {
  /** Names this set of tables in cursors, so that another file's cursor is not taken for ours. */
  readonly epoch: string
  readonly locks: InstanceLocks
  readonly #after: (() => void)[] = []
  readonly #file: string | null
  readonly #log: LogFile
  readonly #identity: string
  #checkedAt = 0
  #version = 0

  /** Opens the file and brings the schema up to date. Throws what SQLite throws. */
  constructor(options: EngineOptions, locks: InstanceLocks) {
    const file = options.file === ':memory:' ? null : options.file
    if (file !== null && !existsSync(dirname(file))) {
      throw new EngineError('unavailable', 'The folder of the SQLite file does not exist: make it.')
    }
    const client = new Database(options.file, {
      timeout: 0,
      fileMustExist: options.mustExist ?? false,
    })
    super(client, options.tablePrefix)
    this.#file = file
    this.locks = locks
    try {
      this.#identity = identityOf(file) ?? ''
      configure(client, options)
      this.#log = new LogFile(client, file)
      if (options.standIn !== true) check(client)
      client.exec('begin immediate')
      this.epoch = migrate(client, options.tablePrefix)
      client.exec('commit')
    } catch (error) {
      client.close()
      throw error
    }
  }

  /** Runs after the commit, not at all without it. */
  after(callback: () => void): void {
    this.#after.push(callback)
  }

  /** One short immediate transaction; `work` must not wait for anything. */
  write<Result>(work: () => Result): Result {
    this.#after.length = 0
    this.clear()
    this.sql('begin immediate').run()
    let result: Result
    try {
      this.#refresh()
      result = work()
      this.flush()
      this.sql('commit').run()
    } catch (error) {
      this.#forget()
      if (this.client.inTransaction) this.sql('rollback').run()
      throw error
    }
    for (const callback of this.#after) callback()
    this.#log.trim()
    return result
  }

  /** Several reads that see one state. */
  read<Result>(work: () => Result): Result {
    this.sql('begin').run()
    try {
      return work()
    } finally {
      if (this.client.inTransaction) this.sql('rollback').run()
    }
  }

  /** What the write-ahead file looked like after the last commit of this connection. */
  get written(): LogState | undefined {
    return this.#log.written
  }

  /** Another number after another connection wrote; what this one writes does not count. */
  dataVersion(): number {
    return Number((this.sql('pragma data_version').get() as { data_version: number }).data_version)
  }

  /** Forgets what is known by number when another connection put a backup in place. */
  #refresh(): void {
    const version = this.dataVersion()
    if (version === this.#version) return
    this.#version = version
    this.known = {}
    if (!this.kinds.isStored() || !this.owners.isStored()) this.#forget()
  }

  #forget(): void {
    this.kinds.forget()
    this.owners.forget()
    this.known = {}
    this.watchedUntil = 0
  }

  /**
   * Whether the path still leads to the file that is open; looked up once a second. `stat` opens
   * nothing, so it drops no lock.
   */
  place(): 'same' | 'missing' | 'replaced' {
    const now = performance.now()
    if (this.#file === null || now - this.#checkedAt < 1_000) return 'same'
    const identity = identityOf(this.#file)
    if (identity === null) return 'missing'
    if (identity !== this.#identity) return 'replaced'
    this.#checkedAt = now
    return 'same'
  }

  close(): void {
    this.client.close()
  }
}

/** Tells files apart, whatever their names. */
export function identityOf(file: string | null): string | null {
  if (file === null) return null
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`
}

function configure(client: Database.Database, options: EngineOptions): void {
  const mode = client.pragma('journal_mode = wal', { simple: true })
  if (options.file !== ':memory:' && mode !== 'wal') {
    throw new EngineError('unavailable', 'The SQLite file does not take write-ahead logging.')
  }
  client.pragma(`synchronous = ${options.synchronous}`)
  client.pragma('temp_store = memory')
  // What a turn works on is far less, and the system keeps the rest of the file in memory anyway.
  client.pragma('cache_size = -4000')
}

function check(client: Database.Database): void {
  const pages = Number(client.pragma('page_count', { simple: true }))
  const size = Number(client.pragma('page_size', { simple: true }))
  if (pages * size > CHECKED_BYTES) return
  if (client.pragma('quick_check(1)', { simple: true }) !== 'ok') {
    throw new EngineError('unavailable', 'The SQLite file is damaged: restore it from a backup.')
  }
}
