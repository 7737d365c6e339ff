import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Database } from 'better-sqlite3'
import { migrationsUrl } from '../paths.ts'
import { EngineError } from './errors.ts'
import { TABLES } from './tables.ts'

/** The oldest release that can work with the newest schema, by schema version. */
const MIN_READER = 1

/**
 * Brings the schema up to date, inside the caller's immediate transaction: of two processes one
 * does it, the other finds it done. Returns the id of this set of tables.
 */
export function migrate(client: Database, prefix: string): string {
  const steps = migrations()
  const newest = steps.at(-1)?.version ?? 0
  const found = readVersion(client, prefix)
  for (const { version, file } of steps) {
    if (version <= found.version) continue
    const text = readFileSync(fileURLToPath(new URL(file, migrationsUrl)), 'utf8')
    client.exec(text.replaceAll('taskflow_', prefix))
  }
  const put = client.prepare(
    `insert into "${prefix}meta" (name, value) values (?, ?) on conflict (name) do update set value = excluded.value`,
  )
  if (found.version < newest) {
    put.run('version', String(newest))
    put.run('minReader', String(MIN_READER))
  }
  if (found.epoch !== undefined) return found.epoch
  const epoch = randomUUID()
  put.run('epoch', epoch)
  return epoch
}

function migrations(): { version: number; file: string }[] {
  return readdirSync(fileURLToPath(migrationsUrl))
    .filter((file) => /^\d{4}_.+\.sql$/.test(file))
    .sort()
    .map((file) => ({ version: Number(file.slice(0, 4)), file }))
}

/** What the tables are; version 0 when there are none. Throws for those that are not ours to use. */
export function readVersion(client: Database, prefix: string) {
  const found = readMeta(client, prefix)
  const newest = migrations().at(-1)?.version ?? 0
  if (found.minReader <= newest) return found
  throw new EngineError(
    'unavailable',
    `The tables '${prefix}…' were made by a newer taskflow (schema ${found.version}, this release knows ${newest}): update @taskflow/storage-sqlite.`,
  )
}

function readMeta(client: Database, prefix: string) {
  const ours = new Set(TABLES.map((name) => `${prefix}${name}`))
  const names = client.prepare(`select name from sqlite_master where type = 'table'`).pluck().all()
  const present = names.filter((name) => ours.has(String(name)))
  if (present.length === 0) return { version: 0, minReader: 0, epoch: undefined }
  const columns = client
    .prepare('select name from pragma_table_info(?)')
    .pluck()
    .all(`${prefix}meta`)
  if (columns.join() !== 'name,value') throw foreign(prefix)
  const rows = client.prepare(`select name, value from "${prefix}meta"`).raw().all() as string[][]
  const meta = new Map(rows.map(([name = '', value = '']) => [name, value]))
  const version = Number(meta.get('version'))
  const minReader = Number(meta.get('minReader'))
  if (!Number.isSafeInteger(version) || version < 1 || !Number.isSafeInteger(minReader)) {
    throw foreign(prefix)
  }
  return { version, minReader, epoch: meta.get('epoch') }
}

function foreign(prefix: string): EngineError {
  return new EngineError(
    'unavailable',
    `The database has tables '${prefix}…' that taskflow did not make: choose another 'tablePrefix' or file.`,
  )
}
