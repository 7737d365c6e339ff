import type { Random } from '../random.ts'
import type { Lab } from './lab.ts'
import type { Verdict } from './oracle.ts'

/** What a case cannot do without. */
export type Need = 'postgres' | 'strace' | 'libfaketime' | 'pgbouncer' | 'root'

/** One case of the catalogue. */
export interface FaultCase {
  /** As in the catalogue, e.g. 'A02'. */
  id: string
  /** What goes wrong, in a few words. */
  fault: string
  needs: readonly Need[]
  /** Part of every run of the tests, and so done in seconds. [false] */
  short?: boolean
  /** Breaks things and looks; what it finds broken it tells the lab. */
  run(lab: Lab): Promise<void>
}

/** What a case has at hand, beside its lab. */
export interface CaseSettings {
  random: Random
  seed: number
  /** How long a case goes on that can go on for long, in minutes. */
  minutes: number
  /** How long a soak's processes wait between two enqueues. [150] */
  pauseMs?: number
}

export interface CaseReport {
  id: string
  fault: string
  result: 'ok' | 'broken' | 'not run'
  /** Why it was not run, or what is broken. */
  reasons: string[]
  /** What was counted and measured, in words. */
  figures: string[]
  seconds: number
  verdict: Verdict | null
}
