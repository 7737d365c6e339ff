import { existsSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'

/**
 * One side file per instance, locked for as long as its process lives: whoever can lock it knows
 * that the process has ended, also in containers that share a folder, where a pid proves nothing.
 * Only SQLite opens these files: closing any other descriptor would drop the POSIX lock.
 */
export class InstanceLocks {
  readonly #file: string | null
  readonly #held = new Map<string, Database.Database>()

  /** Null: nobody else can see this database, so there is nothing to lock. */
  constructor(file: string | null) {
    this.#file = file
  }

  /** Takes the lock of an instance that lives here. Without it, its lease alone speaks for it. */
  hold(instanceId: string): void {
    const path = this.#path(instanceId)
    if (path === null || this.#held.has(instanceId)) return
    const client = lock(path, false)
    if (client !== null) this.#held.set(instanceId, client)
    // A file without a lock would say that this process has ended; no file says nothing.
    else remove(path)
  }

  /** True when the process of another instance is known to have ended. */
  gone(instanceId: string): boolean {
    const path = this.#path(instanceId)
    if (path === null || this.#held.has(instanceId) || !existsSync(path)) return false
    const client = lock(path, true)
    client?.close()
    return client !== null
  }

  /** Gives up the lock of an instance that left or was buried, and deletes its file. */
  remove(instanceId: string): void {
    const path = this.#path(instanceId)
    if (path === null) return
    this.#held.get(instanceId)?.close()
    this.#held.delete(instanceId)
    remove(path)
  }

  /** Gives up all locks: to others these instances have ended. */
  close(): void {
    for (const client of this.#held.values()) client.close()
    this.#held.clear()
  }

  #path(instanceId: string): string | null {
    if (this.#file === null) return null
    const name = encodeURIComponent(instanceId.toWellFormed()).replaceAll('*', '%2A')
    return name.length > 100 ? null : `${this.#file}.${name}.lock`
  }
}

function lock(path: string, fileMustExist: boolean): Database.Database | null {
  let client: Database.Database | undefined
  try {
    client = new Database(path, { timeout: 0, fileMustExist })
    client.exec('begin exclusive')
    return client
  } catch {
    client?.close()
    return null
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // A file that stays behind does no harm: nobody asks for an id that has no row.
  }
}
