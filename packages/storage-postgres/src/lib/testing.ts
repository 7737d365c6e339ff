import { randomUUID } from 'node:crypto'
import type { TaskStorage } from '@taskflow/core'
import type { StorageFixture } from '@taskflow/core/testing'
import postgres, { type Sql } from 'postgres'
import type { PostgresStorageOptions } from './options.ts'
import { postgresStorage } from './postgres-storage.ts'
import { TABLES } from './tables.ts'

/** Tables that say what the schema is, and not what is in it. */
const KEPT = ['meta', 'feed']

/** A database of its own, for the tests of one file. */
export interface TestDatabase {
  url: string
  sql: Sql
  drop(): Promise<void>
}

export async function createDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `taskflow_${randomUUID().replaceAll('-', '')}`
  const server = postgres(serverUrl, { max: 1, onnotice: () => {} })
  await server.unsafe(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const sql = postgres(url.href, { max: 2, onnotice: () => {} })
  return {
    url: url.href,
    sql,
    async drop() {
      await sql.end()
      await server.unsafe(`drop database ${name} with (force)`)
      await server.end()
    },
  }
}

/**
 * An empty storage in a schema that is emptied, not made anew, for each case: making it takes
 * thirty times as long.
 */
export async function createFixture(
  database: TestDatabase,
  options: Omit<PostgresStorageOptions, 'url'> = {},
): Promise<Required<StorageFixture>> {
  const { schema = 'taskflow' } = options
  const opened: TaskStorage[] = []
  const connect = () => {
    const storage = postgresStorage({ url: database.url, max: 4, ...options })
    opened.push(storage)
    return storage
  }
  const storage = connect()
  await storage.open()
  const emptied = TABLES.filter((name) => !KEPT.includes(name))
  await database.sql.unsafe(emptied.map((name) => `delete from ${schema}.${name}`).join(';'))
  return {
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
    },
  }
}
