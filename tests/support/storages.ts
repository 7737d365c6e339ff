import { join } from 'node:path'
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
