export type { SqliteStorageOptions } from './lib/options.ts'
export { type SqliteStorage, sqliteStorage } from './lib/sqlite-storage.ts'
export type { HostConnection, HostDatabase } from './lib/using.ts'
