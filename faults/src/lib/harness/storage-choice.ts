import type { TaskStorage } from '@taskflow/core'
import { postgresStorage } from '@taskflow/storage-postgres'
import { sqliteStorage } from '@taskflow/storage-sqlite'

/** Which storage victims share, as JSON can say it. */
export type StorageChoice =
  | { kind: 'sqlite'; file: string }
  | { kind: 'postgres'; url: string; schema: string; pooler?: boolean; listen?: boolean }

export function openStorage({ kind, ...options }: StorageChoice): TaskStorage {
  return kind === 'sqlite'
    ? sqliteStorage(options as { file: string })
    : postgresStorage(options as { url: string; schema: string })
}
