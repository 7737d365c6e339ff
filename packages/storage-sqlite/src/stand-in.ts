import { runStandIn } from '@taskflow/core/node'
import { EngineStorage } from './lib/engine-storage.ts'
import type { EngineOptions } from './lib/options.ts'

// The thread that beats while the process is blocked: no other thread is needed in it.
runStandIn(
  (data) =>
    new EngineStorage({
      ...(data as EngineOptions),
      standIn: true,
      mustExist: true,
      worker: false,
    }),
)
