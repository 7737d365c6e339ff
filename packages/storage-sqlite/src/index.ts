export type { SqliteStorageOptions } from './lib/options.ts'
export { sqliteStorage } from './lib/sqlite-storage.ts'
