import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The tables that lists read, as drizzle sees them; a test compares them with `migrations`. */
export function defineTables(prefix: string) {
  const live = sqliteTable(`${prefix}live`, {
    ...taskColumns(),
    rank: integer().notNull(),
  })
  const done = sqliteTable(`${prefix}done`, {
    ...taskColumns(),
    claimed_at: integer(),
    ended_at: integer().notNull(),
    result: text(),
  })
  const ids = sqliteTable(`${prefix}ids`, {
    id: text().primaryKey(),
    seq: integer().notNull(),
  })
  const labels = sqliteTable(
    `${prefix}labels`,
    { label: text().notNull(), id: text().notNull(), seq: integer().notNull() },
    (table) => [primaryKey({ columns: [table.label, table.id] })],
  )
  return { live, done, ids, labels }
}

export type Tables = ReturnType<typeof defineTables>

function taskColumns() {
  return {
    seq: integer().primaryKey(),
    id: text().notNull(),
    kind: integer().notNull(),
    state: integer().notNull(),
    run_at: integer().notNull(),
    created_at: integer().notNull(),
    fence: integer().notNull(),
    rev: integer().notNull(),
    attempts: integer().notNull(),
    children: integer().notNull(),
    owner: integer(),
    started_at: integer(),
    cancel_at: integer(),
    meta: text(),
    notes: text(),
    payload: text().notNull(),
  }
}
