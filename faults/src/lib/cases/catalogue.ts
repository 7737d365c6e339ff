import type { FaultCase } from '../harness/fault-case.ts'
import { POSTGRES_CASES } from './postgres.ts'
import { PROCESS_CASES } from './processes.ts'
import { SOAK_CASES } from './soak.ts'
import { SQLITE_CASES } from './sqlite.ts'
import { SYSTEM_CASES } from './systems.ts'

/** All cases that are run here; others are tests of their own (docs/coverage.md). */
export const CASES: readonly FaultCase[] = [
  ...PROCESS_CASES,
  ...POSTGRES_CASES,
  ...SYSTEM_CASES,
  ...SQLITE_CASES,
  ...SOAK_CASES,
]
