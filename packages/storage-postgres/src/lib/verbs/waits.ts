import type { StoredSeriesBucket, WaitCount } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../store.ts'
import { toText } from '../text.ts'
import { HOUR_MS } from './rollup.ts'

const MINUTE = 1
const HOUR = 2

// In the order of the keys, as everybody counts, so that nobody waits in a circle.
const ADD = 'on conflict (span, at, func, wait_ms) do update set n = w.n + excluded.n'
const COUNT = `insert into {waits} as w (span, at, func, wait_ms, n)
  select ${MINUTE}, at, func, wait_ms, sum(n)
    from unnest($1::bigint[], $2::text[], $3::int[], $4::int[]) as x (at, func, wait_ms, n)
    group by at, func, wait_ms order by at, func collate "C", wait_ms ${ADD}`
const FOLD = `with old as (
    delete from {waits} where (span, at, func, wait_ms) in (
      select span, at, func, wait_ms from {waits} where span = ${MINUTE} and at < $1::bigint
        for update skip locked)
    returning *)
  insert into {waits} as w (span, at, func, wait_ms, n)
  select ${HOUR}, at / ${HOUR_MS} * ${HOUR_MS} as hour, func, wait_ms, sum(n) from old
    group by hour, func, wait_ms order by hour, func, wait_ms ${ADD}`
const READ = `select (floor((at - $2::bigint) / $4::float8))::int as step, wait_ms, sum(n)::float8 as n
  from {waits} where span in (${MINUTE}, ${HOUR}) and at >= $2::bigint and at < $3::bigint
    and ($1::text is null or func = $1)
  group by step, wait_ms order by step, wait_ms`

/** Adds counts to their minutes, and minutes that are too old to their hours. */
export async function countWaits(store: Store, { waits }: { waits: WaitCount[] }): Promise<void> {
  if (waits.length === 0) return
  const newest = Math.max(...waits.map(({ at }) => at))
  const before = Math.floor(newest / HOUR_MS) * HOUR_MS - 48 * HOUR_MS
  await store.transaction(async (runner) => {
    await runner.run(COUNT, [
      numbers(waits.map(({ at }) => at)),
      texts(waits.map(({ funcName }) => funcName)),
      numbers(waits.map(({ waitMs }) => waitMs)),
      numbers(waits.map(({ n }) => n)),
    ])
    await runner.run(FOLD, [before])
  })
}

interface WaitRow {
  step: number
  wait_ms: number
  n: number
}

/** How long tasks waited, one list for each step from `start`. */
export async function waitsOf(
  runner: Runner,
  query: { start: number; until: number; stepMs: number; funcName: string | undefined },
  length: number,
): Promise<StoredSeriesBucket['waits'][]> {
  const { start, until, stepMs, funcName } = query
  const steps = Array.from({ length }, (): StoredSeriesBucket['waits'] => [])
  const rows = await runner.run<WaitRow>(READ, [toText(funcName), start, until, stepMs])
  for (const { step, wait_ms, n } of rows) steps[step]?.push({ waitMs: wait_ms, n })
  return steps
}
