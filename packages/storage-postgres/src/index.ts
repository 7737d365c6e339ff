export { type PostgresStorageOptions, postgresStorage } from './lib/postgres-storage.ts'
