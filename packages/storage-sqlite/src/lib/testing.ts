import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewTask, TaskStorage } from '@taskflow/core'
import { buildNewTask, type StorageFixture } from '@taskflow/core/testing'
import type { SqliteStorageOptions } from './options.ts'
import { type SqliteStorage, sqliteStorage } from './sqlite-storage.ts'

export interface SqliteFixture extends Required<StorageFixture> {
  storage: SqliteStorage
  file: string
  folder: string
  second(): Promise<SqliteStorage>
}

/** A storage on a file of its own, for tests. */
export async function createFixture(
  options: Omit<SqliteStorageOptions, 'file'> = {},
): Promise<SqliteFixture> {
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

/** A task with nothing special about it. */
export function newTask(taskId: string, more: Partial<NewTask> = {}): NewTask {
  return buildNewTask({ taskId, funcName: 'work', ...more })
}

/** A beat of an instance that runs `work`. */
export function beatOf(instanceId: string, beat = 0) {
  const instance = { instanceId, host: 'test', pid: process.pid, version: '0', functions: [] }
  return { instance, beat, leaseMs: 60_000, running: 0, state: 'running' as const }
}

/** The error that a promise is rejected with; fails when it is not. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof Error) return error
  throw new Error('expected a rejection with an error')
}
