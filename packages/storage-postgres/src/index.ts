export type { PostgresStorageOptions } from './lib/options.ts'
export { type PostgresStorage, postgresStorage } from './lib/postgres-storage.ts'
export type {
  DrizzleTransaction,
  HostTransaction,
  NodePostgresClient,
  PostgresJsTransaction,
} from './lib/using.ts'
