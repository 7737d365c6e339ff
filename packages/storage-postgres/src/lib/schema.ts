import { bigint, integer, pgSchema, primaryKey, smallint, text } from 'drizzle-orm/pg-core'

/** The task tables as drizzle sees them; `migrations` make them, and a test compares the two. */
export function defineTables(schema: string) {
  const { table } = pgSchema(schema)
  return {
    live: table('live', {
      ...taskColumns(),
      rank: integer().notNull(),
      open_parents: integer().notNull(),
      lane: smallint().notNull(),
    }),
    done: table('done', {
      ...taskColumns(),
      ended_at: instant().notNull(),
      attempt: integer(),
      outcome: text(),
      taken: smallint().notNull(),
      late_outcome: text(),
      result: text(),
    }),
    edges: table(
      'edges',
      {
        n: smallint().notNull(),
        open: smallint().notNull(),
        policy: smallint().notNull(),
        child: text().notNull(),
        parent: text().notNull(),
      },
      ({ child, parent }) => [primaryKey({ columns: [child, parent] })],
    ),
  }
}

export type Tables = ReturnType<typeof defineTables>

const instant = () => bigint({ mode: 'number' })

function taskColumns() {
  return {
    run_at: instant().notNull(),
    created_at: instant().notNull(),
    claimed_at: instant(),
    started_at: instant(),
    cancel_at: instant(),
    priority: integer(),
    fence: integer().notNull(),
    rev: integer().notNull(),
    attempts_made: integer().notNull(),
    max_attempts: integer().notNull(),
    crashes: integer().notNull(),
    log_count: integer().notNull(),
    log_chunked: integer().notNull(),
    state: smallint().notNull(),
    requeue: smallint().notNull(),
    has_children: smallint().notNull(),
    id: text().primaryKey(),
    func: text().notNull(),
    instance: text(),
    group_name: text(),
    executor: text().notNull(),
    source: text().notNull(),
    idem_key: text(),
    retry_of: text(),
    flow_id: text(),
    schedule_id: text(),
    meta: text(),
    tags: text(),
    progress: text(),
    error: text(),
    stacktrace: text(),
    log_tail: text(),
    payload: text().notNull(),
  }
}
