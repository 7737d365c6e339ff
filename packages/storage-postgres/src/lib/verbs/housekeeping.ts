import { CLOCK } from '../sql.ts'
import type { Store } from '../store.ts'
import { sweepChanges } from './changes.ts'
import { foldMinutes } from './rollup.ts'

/** What nobody waits for: old changes go, minutes are added up. One instance does it at a time. */
export async function housekeeping(store: Store): Promise<void> {
  // In short transactions, however much there is after a rush.
  while (await tidy(store)) {}
}

/** True when there may be more to do. */
function tidy(store: Store): Promise<boolean> {
  return store.transaction(async (runner) => {
    const [row] = await runner.run<{ mine: boolean; now: number }>(
      `select pg_try_advisory_xact_lock(hashtextextended($1, 7)) as mine, ${CLOCK}::float8 as now`,
      [`${store.epoch}:housekeeping`],
    )
    if (row?.mine !== true) return false
    await sweepChanges(runner)
    return foldMinutes(runner, Number(row.now))
  })
}
