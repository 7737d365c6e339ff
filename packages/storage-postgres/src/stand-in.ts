import { runStandIn } from '@taskflow/core/node'
import type { PostgresStorageOptions } from './lib/options.ts'

// The thread that beats while the process is blocked; the client is loaded once it does.
runStandIn(async (options) => {
  const { postgresStorage } = await import('./lib/postgres-storage.ts')
  return postgresStorage(options as PostgresStorageOptions)
})
