import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { StorageUnavailableError } from '@taskflow/core'
import type { Sql, TransactionSql } from 'postgres'
import { migrationsUrl } from '../paths.ts'
import { TABLES } from './tables.ts'

/** The oldest release that can work with the newest schema, by schema version. */
const MIN_READER = 1
/** What `xid8` and snapshots as text need. */
const OLDEST_SERVER = 130_000

/** What is known of a schema; version 0 when nothing is there. */
export interface SchemaState {
  version: number
  newest: number
  minReader: number
  /** Names this set of tables; undefined before there is one. */
  epoch: string | undefined
}

/**
 * Brings the schema up to date and returns its id. Of several processes one does it, the others wait
 * for its commit: the lock belongs to the transaction, so it works behind a pooler too.
 */
export async function migrate(sql: Sql, schema: string): Promise<string> {
  const found = await readState(sql, schema)
  if (found.epoch !== undefined && found.version >= found.newest) return checked(found, schema)
  return sql.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(hashtextextended(${`taskflow:${schema}`}, 7))`
    const state = await readState(transaction, schema)
    if (state.epoch !== undefined) checked(state, schema)
    await makeSchema(transaction, schema)
    for (const { version, text } of migrations()) {
      if (version <= state.version) continue
      await transaction.unsafe(text.replace(/\btaskflow\./g, `"${schema}".`))
    }
    const epoch = state.epoch ?? randomUUID()
    const values = { version: state.newest, minReader: MIN_READER, epoch }
    for (const [name, value] of Object.entries(values)) {
      await transaction.unsafe(
        `insert into "${schema}"."meta" (name, value) values ($1, $2)
          on conflict (name) do update set value = excluded.value`,
        [name, String(value)],
      )
    }
    return epoch
  })
}

/** The id of a schema that is up to date; throws for any other. */
export async function expectCurrent(sql: Sql, schema: string): Promise<string> {
  const state = await readState(sql, schema)
  if (state.epoch !== undefined && state.version >= state.newest) return checked(state, schema)
  const command = `taskflow-postgres migrate${schema === 'taskflow' ? '' : ` --schema ${schema}`}`
  throw new StorageUnavailableError(
    `Schema '${schema}' is at version ${state.version}, this release needs ${state.newest}: run 'npx ${command}'.`,
  )
}

/** Reads what is there. Throws when it is not ours. */
export async function readState(sql: Sql | TransactionSql, schema: string): Promise<SchemaState> {
  const newest = migrations().at(-1)?.version ?? 0
  const [server] = await sql.unsafe<{ version: string }[]>(
    `select current_setting('server_version_num') as version`,
  )
  if (Number(server?.version) < OLDEST_SERVER) {
    throw new StorageUnavailableError('The Postgres server is too old: taskflow needs 13 or newer.')
  }
  const rows = await sql.unsafe<{ name: string }[]>(
    'select tablename as name from pg_tables where schemaname = $1',
    [schema],
  )
  const names = new Set(rows.map(({ name }) => name))
  if (!TABLES.some((name) => names.has(name))) {
    return { version: 0, newest, minReader: 0, epoch: undefined }
  }
  if (!names.has('meta')) throw foreign(schema)
  const columns = await sql.unsafe<{ name: string }[]>(
    `select column_name as name from information_schema.columns
      where table_schema = $1 and table_name = 'meta' order by ordinal_position`,
    [schema],
  )
  if (columns.map(({ name }) => name).join() !== 'name,value') throw foreign(schema)
  const meta = await sql.unsafe<{ name: string; value: string }[]>(
    `select name, value from "${schema}"."meta"`,
  )
  const values = new Map(meta.map(({ name, value }) => [name, value]))
  const version = Number(values.get('version'))
  const minReader = Number(values.get('minReader'))
  const epoch = values.get('epoch')
  if (!Number.isSafeInteger(version) || version < 1 || epoch === undefined) throw foreign(schema)
  return { version, newest, minReader, epoch }
}

function checked({ version, newest, minReader, epoch = '' }: SchemaState, schema: string): string {
  if (minReader <= newest) return epoch
  throw new StorageUnavailableError(
    `Schema '${schema}' was made by a newer taskflow (schema ${version}, this release knows ${newest}): update @taskflow/storage-postgres.`,
  )
}

/** Asks first: `if not exists` needs the right to make schemas even where there is one. */
async function makeSchema(transaction: TransactionSql, schema: string): Promise<void> {
  const rows = await transaction`select 1 from pg_namespace where nspname = ${schema}`
  if (rows.length === 0) await transaction.unsafe(`create schema "${schema}"`)
}

function migrations(): { version: number; text: string }[] {
  const folder = fileURLToPath(migrationsUrl)
  return readdirSync(folder)
    .filter((file) => /^\d{4}_.+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      text: readFileSync(new URL(file, migrationsUrl), 'utf8'),
    }))
}

function foreign(schema: string): StorageUnavailableError {
  return new StorageUnavailableError(
    `Schema '${schema}' has tables that taskflow did not make: choose another 'schema'.`,
  )
}
