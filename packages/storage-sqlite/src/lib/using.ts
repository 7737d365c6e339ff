import type { InsertInput, InsertResult, TaskInserter } from '@taskflow/core'
import { TaskflowError } from '@taskflow/core'
import type Database from 'better-sqlite3'
import { toFailure } from './errors.ts'
import { readVersion } from './migrate.ts'
import type { EngineOptions } from './options.ts'
import { packInsert } from './pack.ts'
import { Session } from './session.ts'
import { identityOf } from './store.ts'
import { toError } from './to-error.ts'
import { unpackInsert } from './unpack.ts'
import { insert } from './verbs/insert.ts'

/** What `using` needs of a connection; a better-sqlite3 `Database` is one. */
export interface HostConnection {
  readonly name: string
  readonly memory: boolean
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(source: string): unknown
}

/** The app's own connection: a better-sqlite3 `Database`, or a drizzle database on one. */
export type HostDatabase = HostConnection | { $client: HostConnection }

/** Prepared statements of each connection and table prefix: they outlive a call. */
const statements = new WeakMap<Database.Database, Map<string, Map<string, Database.Statement>>>()

/** Inserts through the app's connection, in its open transaction. */
export function inserterFor(options: EngineOptions, db: HostDatabase): TaskInserter {
  const client = clientOf(db)
  checkOpen(client)
  checkFile(client, options)
  checkTables(client, options.tablePrefix)
  return { insert: async (input) => insertIn(client, options, input) }
}

function insertIn(
  client: Database.Database,
  options: EngineOptions,
  input: InsertInput,
): InsertResult[] {
  checkOpen(client)
  if (!client.inTransaction) {
    throw refusal(
      `using(db).insert needs an open transaction on db, and there is none. An enqueue is asynchronous: a synchronous db.transaction(fn) has committed by now. Run 'begin' before it and 'commit' after it was awaited.`,
    )
  }
  // Numbers that it learns may be rolled back with the rest, so each call has a session of its own.
  const session = new Session(client, options.tablePrefix, statementsOf(client, options))
  try {
    return unpackInsert(input.tasks, insertWhole(session, input))
  } catch (error) {
    throw toError(toFailure(error, options.file))
  }
}

/** All of it or nothing: the app may catch what is thrown, and commit. */
function insertWhole(session: Session, input: InsertInput): InsertResult[] | null {
  const packed = packInsert(input)
  session.sql('savepoint taskflow').run()
  try {
    const results = insert(session, packed, input.now ?? Date.now())
    session.flush()
    session.sql('release taskflow').run()
    return results
  } catch (error) {
    // Some errors of SQLite roll the whole transaction back.
    if (session.client.inTransaction) {
      session.sql('rollback to taskflow').run()
      session.sql('release taskflow').run()
    }
    throw error
  }
}

function clientOf(db: HostDatabase): Database.Database {
  const given: unknown = db
  const client = isObject(given) && '$client' in given ? given.$client : given
  if (
    isObject(client) &&
    typeof client.prepare === 'function' &&
    typeof client.name === 'string' &&
    typeof client.inTransaction === 'boolean'
  ) {
    return client as unknown as Database.Database
  }
  throw refusal('using(db) expects a better-sqlite3 Database, or a drizzle database on one.')
}

function checkOpen(client: Database.Database): void {
  if (!client.open) throw refusal('using(db) expects an open connection, this one was closed.')
}

function checkFile(client: Database.Database, { file }: EngineOptions): void {
  if (file === ':memory:' || client.memory) {
    throw refusal('using(db) needs a database in a file: nobody else sees one in memory.')
  }
  const identity = identityOf(file)
  if (identity === null || identityOf(client.name) !== identity) {
    throw refusal('using(db) expects a connection to the same file as that of sqliteStorage.')
  }
}

function checkTables(client: Database.Database, prefix: string): void {
  let version = 0
  try {
    version = readVersion(client, prefix).version
  } catch (error) {
    throw toError(toFailure(error, client.name))
  }
  if (version > 0) return
  throw refusal(
    `using(db) found no tables '${prefix}…' in the database: open() the storage, or start the manager, once before.`,
  )
}

function statementsOf(
  client: Database.Database,
  { tablePrefix }: EngineOptions,
): Map<string, Database.Statement> {
  const byPrefix = statements.get(client) ?? new Map<string, Map<string, Database.Statement>>()
  statements.set(client, byPrefix)
  const found = byPrefix.get(tablePrefix) ?? new Map<string, Database.Statement>()
  byPrefix.set(tablePrefix, found)
  return found
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function refusal(message: string): TaskflowError {
  return new TaskflowError('configuration', message)
}
