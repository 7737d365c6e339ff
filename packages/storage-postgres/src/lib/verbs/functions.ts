import type { FunctionStorage, PausedFunction } from '@taskflow/core'
import { texts } from '../arrays.ts'
import type { Big } from '../rows.ts'
import { NOW } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'

const PAUSE = `with ${NOW}
  insert into {functions} as f (func, paused_at)
  select x.func, clock.now from clock, unnest($2::text[]) as x (func) order by x.func
  on conflict (func) do update set paused_at = excluded.paused_at where f.paused_at is null
  returning f.func`

const RESUME = `with ${NOW}
  update {functions} set paused_at = null
  where func = any ($2::text[]) and paused_at is not null and (select now from clock) is not null
  returning func`

export async function setPaused(
  store: Store,
  input: Parameters<FunctionStorage['setPaused']>[0],
): Promise<{ funcName: string; changed: boolean }[]> {
  const names = texts([...new Set(input.funcNames)])
  const rows = await store.work((runner) =>
    runner.run<{ func: string }>(input.paused ? PAUSE : RESUME, [input.now ?? null, names]),
  )
  const changed = new Set(rows.map(({ func }) => fromText(func)))
  return input.funcNames.map((funcName) => ({ funcName, changed: changed.delete(funcName) }))
}

export async function paused(store: Store): Promise<PausedFunction[]> {
  const rows = await store.look((runner) =>
    runner.run<{ func: string; paused_at: Big }>(
      'select func, paused_at from {functions} where paused_at is not null order by func',
    ),
  )
  return rows.map(({ func, paused_at }) => ({
    funcName: fromText(func),
    pausedAt: Number(paused_at),
  }))
}
