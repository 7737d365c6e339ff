import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** The tables as drizzle sees them; `migrations` make them, and a test compares the two. */
export function defineTables(prefix: string) {
  const live = sqliteTable(
    `${prefix}live`,
    {
      seq: integer().primaryKey(),
      ...taskColumns(),
      rank: integer().notNull(),
      payload: text().notNull(),
    },
    (table) => [
      uniqueIndex(`${prefix}live_id`).on(table.id),
      index(`${prefix}live_ready`).on(table.func, table.rank, table.run_at, table.id),
      index(`${prefix}live_running`).on(table.instance, table.id),
    ],
  )
  const done = sqliteTable(
    `${prefix}done`,
    {
      seq: integer().primaryKey(),
      ...taskColumns(),
      ended_at: integer().notNull(),
      attempt: integer(),
      outcome: text(),
      payload: text().notNull(),
      result: text(),
    },
    (table) => [
      uniqueIndex(`${prefix}done_id`).on(table.id),
      index(`${prefix}done_func`).on(table.func, table.id),
      index(`${prefix}done_state`).on(table.state, table.id),
      index(`${prefix}done_func_state`).on(table.func, table.state, table.id),
      index(`${prefix}done_ended`).on(table.ended_at),
    ],
  )
  const attempts = sqliteTable(
    `${prefix}attempts`,
    {
      task_id: text().notNull(),
      fence: integer().notNull(),
      attempt: integer().notNull(),
      claimed_at: integer().notNull(),
      started_at: integer().notNull(),
      ended_at: integer().notNull(),
      outcome: text().notNull(),
      instance: text(),
      error: text(),
      stacktrace: text(),
    },
    (table) => [primaryKey({ columns: [table.task_id, table.fence] })],
  )
  return { live, done, attempts }
}

export type Tables = ReturnType<typeof defineTables>

function taskColumns() {
  return {
    id: text().notNull(),
    func: text().notNull(),
    state: integer().notNull(),
    run_at: integer().notNull(),
    fence: integer().notNull(),
    rev: integer().notNull(),
    attempts_made: integer().notNull(),
    max_attempts: integer().notNull(),
    crashes: integer().notNull(),
    requeue: integer().notNull(),
    created_at: integer().notNull(),
    claimed_at: integer(),
    started_at: integer(),
    cancel_at: integer(),
    priority: integer(),
    log_count: integer().notNull(),
    log_chunked: integer().notNull(),
    instance: text(),
    group_name: text(),
    executor: text().notNull(),
    source: text().notNull(),
    idem_key: text(),
    retry_of: text(),
    tags: text(),
    progress: text(),
    error: text(),
    stacktrace: text(),
    log_tail: text(),
  }
}
