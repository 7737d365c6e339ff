import { TaskflowError, type TaskStorage } from '@taskflow/core'

export interface PostgresStorageOptions {
  /** Connection string, like 'postgres://user:password@host:5432/database'. */
  url: string
}

/**
 * Reserved for tasks in a Postgres database that many machines share. **This release has no Postgres
 * support**: `open()`, and so the start of a manager, refuses and says so.
 */
export function postgresStorage(_options: PostgresStorageOptions): TaskStorage {
  return {
    name: 'postgres',
    open: refuse,
    // Nothing was opened, so there is nothing to close.
    close: async () => {},
    insert: refuse,
    turn: refuse,
    beat: refuse,
    owned: refuse,
    recover: refuse,
    reschedule: refuse,
    cancel: refuse,
    get: refuse,
    list: refuse,
    metrics: refuse,
    prune: refuse,
  }
}

async function refuse(): Promise<never> {
  throw new TaskflowError(
    'configuration',
    "Postgres support is not in this release yet. Use sqliteStorage from '@taskflow/storage-sqlite' (one machine) or memoryStorage from '@taskflow/core' (nothing is kept).",
  )
}
