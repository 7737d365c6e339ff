import type { Runner } from '../runner.ts'
import { CLOCK } from '../sql.ts'
import type { Store } from '../store.ts'
import { sweepChanges } from './changes.ts'
import { releaseLeftBehind } from './edges.ts'
import { foldMinutes, MINUTE_MS } from './rollup.ts'

/** What a busy minute leaves is gone after fewer; a sweep must come to an end. */
const ROUNDS = 100

// Most of the time, and for most instances, this is all.
const NEEDED = `select exists (select 1 from {released}) or exists (select 1 from {changes})
    or exists (select 1 from {rollup_minute}
      where slot >= 0 and at < ${CLOCK} / ${MINUTE_MS} * ${MINUTE_MS} - ${MINUTE_MS}) as needed`

/**
 * What nobody waits for: old changes go, minutes are added up, and children are released that a turn
 * left behind when it lost its connection. One instance does it at a time. True when tasks may be
 * due now.
 */
export async function housekeeping(store: Store): Promise<boolean> {
  const [look] = await store.work((runner) => runner.run<{ needed: boolean }>(NEEDED))
  if (look?.needed !== true) return false
  let released = false
  for (let left = ROUNDS; left > 0; left -= 1) {
    const round = await store.transaction((runner) => tidyUp(store, runner))
    released ||= round.released
    if (!round.more) break
  }
  return released
}

async function tidyUp(store: Store, runner: Runner): Promise<{ released: boolean; more: boolean }> {
  const [row] = await runner.run<{ mine: boolean; now: number }>(
    `select pg_try_advisory_xact_lock(hashtextextended($1, 7)) as mine, ${CLOCK}::float8 as now`,
    [`${store.epoch}:housekeeping`],
  )
  if (row?.mine !== true) return { released: false, more: false }
  const now = Number(row.now)
  const released = await releaseLeftBehind(store, runner, now)
  const moreChanges = await sweepChanges(runner)
  const moreMinutes = await foldMinutes(runner, now)
  return { released, more: moreChanges || moreMinutes }
}
