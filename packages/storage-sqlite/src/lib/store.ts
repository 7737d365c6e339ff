import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from './errors.ts'
import type { InstanceLocks } from './locks.ts'
import { migrate } from './migrate.ts'
import type { EngineOptions } from './options.ts'
import { TABLES } from './tables.ts'
import { flushChanges } from './verbs/changes.ts'
import { type Ended, flushEnded } from './verbs/rollup.ts'

/** Files up to this size are checked whole when they are opened: about half a second at most. */
const CHECKED_BYTES = 64 * 1024 * 1024

/** One connection, its prepared statements, and what a transaction under way has gathered. */
export class Store {
  readonly client: Database.Database
  readonly prefix: string
  /** Names this set of tables in cursors, so that another file's cursor is not taken for ours. */
  readonly epoch: string
  readonly locks: InstanceLocks
  /** Ids of tasks that the transaction changed. */
  readonly changed = new Set<string>()
  /** Tasks that the transaction ended. */
  readonly ended: Ended[] = []
  /** When old changes were last deleted. */
  sweptAt = 0
  readonly #after: (() => void)[] = []
  readonly #statements = new Map<string, Database.Statement>()
  readonly #file: string | null
  readonly #identity: string
  #checkedAt = 0

  /** Opens the file and brings the schema up to date. Throws what SQLite throws. */
  constructor(options: EngineOptions, locks: InstanceLocks) {
    this.prefix = options.tablePrefix
    this.#file = options.file === ':memory:' ? null : options.file
    this.locks = locks
    if (this.#file !== null && !existsSync(dirname(this.#file))) {
      throw new EngineError('unavailable', 'The folder of the SQLite file does not exist: make it.')
    }
    const client = new Database(options.file, {
      timeout: 0,
      fileMustExist: options.mustExist ?? false,
    })
    try {
      const mode = client.pragma('journal_mode = wal', { simple: true })
      if (this.#file !== null && mode !== 'wal') {
        throw new EngineError('unavailable', 'The SQLite file does not take write-ahead logging.')
      }
      client.pragma(`synchronous = ${options.synchronous}`)
      client.pragma('temp_store = memory')
      // Pages that change with every commit are written to the file less often; still under 16 MiB.
      client.pragma('wal_autocheckpoint = 3000')
      client.pragma(`journal_size_limit = ${16 * 1024 * 1024}`)
      this.#identity = this.#readIdentity() ?? ''
      this.#check(client)
      client.exec('begin immediate')
      this.epoch = migrate(client, options.tablePrefix)
      client.exec('commit')
    } catch (error) {
      client.close()
      throw error
    }
    this.client = client
  }

  /** A prepared statement; `{name}` stands for a table. */
  sql(text: string): Database.Statement {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.client.prepare(this.named(text))
      this.#statements.set(text, statement)
    }
    return statement
  }

  named(text: string): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
      (TABLES as readonly string[]).includes(name) ? `"${this.prefix}${name}"` : whole,
    )
  }

  /** Runs after the commit, not at all without it. */
  after(callback: () => void): void {
    this.#after.push(callback)
  }

  /** One short immediate transaction; `work` must not wait for anything. */
  write<Result>(work: () => Result): Result {
    this.#after.length = 0
    this.ended.length = 0
    this.changed.clear()
    this.sql('begin immediate').run()
    let result: Result
    try {
      result = work()
      flushEnded(this)
      flushChanges(this)
      this.sql('commit').run()
    } catch (error) {
      if (this.client.inTransaction) this.sql('rollback').run()
      throw error
    }
    for (const callback of this.#after) callback()
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

  /**
   * Whether the path still leads to the file that is open; looked up once a second. `stat` opens
   * nothing, so it drops no lock.
   */
  place(): 'same' | 'missing' | 'replaced' {
    const now = performance.now()
    if (this.#file === null || now - this.#checkedAt < 1_000) return 'same'
    const identity = this.#readIdentity()
    if (identity === null) return 'missing'
    if (identity !== this.#identity) return 'replaced'
    this.#checkedAt = now
    return 'same'
  }

  close(): void {
    this.client.close()
  }

  #readIdentity(): string | null {
    if (this.#file === null) return null
    const stat = statSync(this.#file, { bigint: true, throwIfNoEntry: false })
    return stat === undefined ? null : `${stat.dev}:${stat.ino}`
  }

  #check(client: Database.Database): void {
    const pages = Number(client.pragma('page_count', { simple: true }))
    const size = Number(client.pragma('page_size', { simple: true }))
    if (pages * size > CHECKED_BYTES) return
    if (client.pragma('quick_check(1)', { simple: true }) !== 'ok') {
      throw new EngineError('unavailable', 'The SQLite file is damaged: restore it from a backup.')
    }
  }
}
