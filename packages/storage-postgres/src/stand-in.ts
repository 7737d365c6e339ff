import { runStandIn } from '@taskflow/core/node'
import type { PostgresStorageOptions } from './lib/options.ts'
import { postgresStorage } from './lib/postgres-storage.ts'

runStandIn((options) => postgresStorage(options as PostgresStorageOptions))
