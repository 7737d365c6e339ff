import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { defineTables, type Tables } from './schema.ts'
import type { Store } from './store.ts'

/** drizzle on a store's connection. */
export interface Orm {
  db: BetterSQLite3Database
  tables: Tables
}

const orms = new WeakMap<Store, Orm>()

export function ormOf(store: Store): Orm {
  let orm = orms.get(store)
  if (orm === undefined) {
    orm = { db: drizzle(store.client), tables: defineTables(store.prefix) }
    orms.set(store, orm)
  }
  return orm
}
