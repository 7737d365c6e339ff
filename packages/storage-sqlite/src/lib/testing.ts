import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TaskStorage } from '@taskflow/core'
import type { StorageFixture } from '@taskflow/core/testing'
import type { SqliteStorageOptions } from './options.ts'
import { sqliteStorage } from './sqlite-storage.ts'

/** A storage on a file of its own, for tests. */
export async function createFixture(
  options: Omit<SqliteStorageOptions, 'file'> = {},
): Promise<Required<StorageFixture> & { file: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'taskflow-'))
  const file = join(folder, 'tasks.db')
  const opened: TaskStorage[] = []
  const connect = () => {
    const storage = sqliteStorage({ file, ...options })
    opened.push(storage)
    return storage
  }
  const storage = connect()
  return {
    file,
    folder,
    storage,
    async second() {
      return connect()
    },
    async reopen() {
      await storage.close()
      return connect()
    },
    async dispose() {
      for (const each of opened) await each.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
