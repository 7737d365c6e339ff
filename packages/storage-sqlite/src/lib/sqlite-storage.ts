import type { TaskInserter, TaskStorage } from '@taskflow/core'
import { EngineStorage } from './engine-storage.ts'
import { checkOptions, type SqliteStorageOptions } from './options.ts'
import type { HostDatabase } from './using.ts'

/** Tasks in an SQLite file; made by `sqliteStorage`. */
export interface SqliteStorage extends TaskStorage {
  /**
   * Stores tasks through the app's own connection to the same file, in its open transaction: they
   * are there when it commits, and never were when it rolls back. The storage must have been opened
   * once, so that its tables exist.
   *
   * An enqueue is asynchronous: better-sqlite3's synchronous `transaction(fn)` has committed by the
   * time it gets to the database, and it refuses. Run `begin` and `commit` yourself:
   *
   * @example
   * db.exec('begin immediate')
   * try {
   *   db.prepare('insert into users …').run()
   *   await tasks.enqueue(sendWelcome, { id }, { via: storage.using(db) })
   *   db.exec('commit')
   * } catch (error) {
   *   if (db.inTransaction) db.exec('rollback')
   *   throw error
   * }
   *
   * @param db A better-sqlite3 `Database`, or a drizzle database on one.
   * @throws TaskflowError `configuration` when it is not the same file, has no tables of this
   * storage, or, at the insert, is in no transaction.
   */
  using(db: HostDatabase): TaskInserter
}

/**
 * Tasks in an SQLite file. Several processes on one machine may use the same file; SQLite itself
 * runs in a thread of its own, so that no flush and no long query blocks the app.
 */
export function sqliteStorage(options: SqliteStorageOptions): SqliteStorage {
  return new EngineStorage(checkOptions(options))
}
