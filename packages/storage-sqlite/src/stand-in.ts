import { runStandIn } from '@taskflow/core/node'
import type { EngineOptions } from './lib/options.ts'

// The thread that beats while the process is blocked: no other thread is needed in it, and SQLite
// is loaded once it does.
runStandIn(async (data) => {
  const { EngineStorage } = await import('./lib/engine-storage.ts')
  const options = data as EngineOptions
  return new EngineStorage({ ...options, standIn: true, mustExist: true, worker: false })
})
