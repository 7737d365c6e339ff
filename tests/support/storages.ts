import { join } from 'node:path'
import { memoryStorage, type TaskStorage } from '@taskflow/core'
import { postgresStorage } from '@taskflow/storage-postgres'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import { inject } from 'vitest'
import type { StorageChoice } from './instance.ts'

let schemas = 0

/** Storages that several processes share: what to call it, how many processes, and how to choose it. */
export const sharedStorages: [
  name: string,
  count: number,
  choose: (folder: string) => StorageChoice,
][] = [
  [
    'two processes on one SQLite file',
    2,
    (folder) => ({ kind: 'sqlite', file: join(folder, 'tasks.db') }),
  ],
  [
    'three processes on Postgres',
    3,
    () => ({
      kind: 'postgres',
      url: inject('postgresUrl'),
      schema: `instances_${process.pid}_${schemas++}`,
    }),
  ],
]

/** Each kind of storage, to be made in a folder of its own; on Postgres in a schema of its own. */
export function everyStorage(
  name: string,
): [name: string, make: (folder: string) => TaskStorage][] {
  const schema = () => `${name}_${process.pid}_${schemas++}`
  return [
    ['memory', () => memoryStorage()],
    ['SQLite', (folder) => sqliteStorage({ file: join(folder, 'tasks.db') })],
    ['Postgres', () => postgresStorage({ url: inject('postgresUrl'), schema: schema() })],
  ]
}
