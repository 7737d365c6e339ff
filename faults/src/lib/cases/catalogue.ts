import type { FaultCase } from '../harness/fault-case.ts'
import { COMMIT_CASES } from './commits.ts'
import { HAND_OVER_CASES } from './hand-over.ts'
import { POSTGRES_CASES } from './postgres.ts'
import { PROCESS_CASES } from './processes.ts'
import { SERVER_CASES } from './servers.ts'
import { SOAK_CASES } from './soak.ts'
import { SQLITE_CASES } from './sqlite.ts'
import { SYSTEM_CASES } from './systems.ts'
import { VERSION_CASES } from './versions.ts'
import { VOLUME_CASES } from './volume.ts'
import { WEB_CASES } from './web.ts'

/** All cases that are run here; others are tests of their own (docs/coverage.md). */
export const CASES: readonly FaultCase[] = [
  ...PROCESS_CASES,
  ...COMMIT_CASES,
  ...HAND_OVER_CASES,
  ...POSTGRES_CASES,
  ...SERVER_CASES,
  ...SYSTEM_CASES,
  ...VERSION_CASES,
  ...SQLITE_CASES,
  ...VOLUME_CASES,
  ...WEB_CASES,
  ...SOAK_CASES,
]
