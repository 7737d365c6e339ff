import type { Timetable } from './timetable.ts'

/** What becomes of ticks that nobody was there for. */
export type MisfirePolicy = 'latest' | 'skip' | 'all'

/** A tick found within this of its time ran on time; up to `LATE_MS` after it is late. */
const ON_TIME_MS = 1_000
/** Found later than this, a tick is missed. */
const LATE_MS = 10_000
/** Ticks that are made up for, or written down, at most: the newest. */
const MAX_MISSED = 100

/** One tick as it should be written down. */
export interface PlannedTick {
  dueAt: number
  outcome: 'ran' | 'late' | 'missed'
  nextRunAt: number | null
}

/**
 * What to do about all ticks that are due, oldest first: `dueAt` is the stored one. Of those that
 * were missed, 'latest' runs the last one, unless a tick after it still runs; 'skip' none; 'all' up
 * to a hundred, the newest ones. A missed tick that is made up for is late. `alsoAt` is one more tick,
 * up to now.
 */
export function planTicks(
  timetable: Timetable,
  dueAt: number,
  now: number,
  misfire: MisfirePolicy,
  alsoAt?: number,
): PlannedTick[] {
  const newest = timetable.latest(dueAt + 1, now, MAX_MISSED)
  const due = [dueAt, ...newest]
  if (alsoAt !== undefined && alsoAt > (due.at(-1) ?? 0)) due.push(alsoAt)
  const missed = due.filter((at) => now - at > LATE_MS)
  const madeUp = new Set(
    misfire === 'all'
      ? missed.slice(-MAX_MISSED)
      : misfire === 'latest' && missed.length === due.length
        ? missed.slice(-1)
        : [],
  )
  return due.map((at, i) => {
    const lateMs = now - at
    const runs = lateMs <= LATE_MS || madeUp.has(at)
    const outcome = !runs ? 'missed' : lateMs <= ON_TIME_MS ? 'ran' : 'late'
    return { dueAt: at, outcome, nextRunAt: due[i + 1] ?? timetable.next(at) }
  })
}
