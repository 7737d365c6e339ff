import type { BeatInput, BeatResult, FunctionInfo, InstanceRecord } from '@taskflow/core'
import { texts } from '../arrays.ts'
import type { Head } from '../floors.ts'
import type { Echo } from '../listening.ts'
import { type Big, numberOf } from '../rows.ts'
import { NOW } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'
import { manyNames, ranks } from './heads.ts'

/** What this session has read of the index of ready tasks, since it last told the server. */
const READ = `coalesce(pg_stat_get_xact_tuples_returned('{live_ready}'::regclass), 0)`

// Beats may overtake each other, and come again when their answer was lost: the highest number
// stays. The definitions are written only when they changed: they are most of the row.
export const BEAT = `with recursive ${NOW},
  joined as (
    insert into {instances} as i (id, beat, expires_at, started_at, last_beat_at, running,
      unresponsive, state, host, pid, version, functions)
    select $2, 0, now + $4::bigint, now, now, $5::int, $14::int, $6, $7, $8::bigint, $9, $10
      from clock
      where $3::bigint = 0 and $11::int = 0
    on conflict (id) do update set expires_at = excluded.expires_at,
      last_beat_at = excluded.last_beat_at, running = excluded.running,
      unresponsive = excluded.unresponsive, state = excluded.state
      where i.beat >= $13::bigint
    returning 1),
  renewed as (
    update {instances} as i set beat = greatest(i.beat, $3::bigint), expires_at = now + $4::bigint,
      last_beat_at = now, running = $5::int, unresponsive = $14::int, state = $6,
      functions = case when i.functions = $10 then i.functions else $10 end
    from clock
    where i.id = $2 and i.beat >= $13::bigint and $3::bigint > 0 and $11::int = 0
    returning 1),
  gone as (delete from {instances} where id = $2 and $11::int = 1 returning 1),
  ${ranks(manyNames('$12'), '1')}
  select clock.now,
    exists (select 1 from joined) or exists (select 1 from renewed) or exists (select 1 from gone)
      as alive,
    (select count(*)::int from {live} where state = 3 and instance = $2) as owned,
    (select min(run_at) from head) as next,
    (select json_agg(json_build_array(func, rank, run_at))::text from head where lane = 0)
      as ready,
    (select value from {meta} where name = 'schedulesVersion') as schedules_version,
    (select json_agg(json_build_array(id, beat, expires_at <= clock.now) order by seq)::text
      from {instances} where id <> $2) as others,
    (select json_agg(json_build_array(id, fence) order by id)::text from {live}
      where state = 3 and cancel_at is not null and instance = $2) as cancels,
    case when $15::text is not null then pg_notify($15::text, $16::text) end::text as echo,
    -- Entries read of the index, dead ones too. Last, when all have been read that are looked for.
    ${READ} - before.n as walked
  from clock, (select ${READ} as n) as before`

interface BeatRow {
  now: Big
  alive: boolean
  owned: number
  next: Big | null
  schedules_version: string | null
  others: string | null
  cancels: string | null
  ready: string | null
  walked: Big
}

/** `echo` is said along with it. */
export async function beat(store: Store, input: BeatInput, echo: Echo | null): Promise<BeatResult> {
  const { instance } = input
  const names = instance.functions.map(({ funcName }) => funcName)
  const { age } = store.floors
  const [row] = await store.beat((runner) =>
    runner.run<BeatRow>(BEAT, [
      input.now ?? null,
      toText(instance.instanceId),
      input.beat,
      Math.round(input.leaseMs),
      input.running,
      input.state,
      toText(instance.host),
      instance.pid,
      toText(instance.version),
      JSON.stringify(instance.functions),
      input.leaving === true ? 1 : 0,
      texts([...new Set(names)]),
      input.acked ?? 0,
      input.unresponsive ?? 0,
      echo?.channel ?? null,
      echo?.text ?? null,
    ]),
  )
  if (row === undefined) throw new Error('A beat always has an answer')
  store.floors.looked(age, names, {
    now: numberOf(row.now),
    walked: numberOf(row.walked),
    heads: (JSON.parse(row.ready ?? '[]') as Head[]).map(([func, ...head]) => [
      fromText(func),
      ...head,
    ]),
  })
  const others = JSON.parse(row.others ?? '[]') as [string, number, boolean][]
  const cancels = JSON.parse(row.cancels ?? '[]') as [string, number][]
  return {
    alive: row.alive,
    others: others.map(([id, number, leaseOver]) => ({
      instanceId: fromText(id),
      beat: number,
      leaseOver,
      // A server does not know whose process has ended; nor does the end of a connection prove it.
      gone: false,
    })),
    cancels: cancels.map(([id, fence]) => ({ taskId: fromText(id), fence })),
    owned: row.owned,
    nextRunAt: numberOf(row.next),
    schedulesVersion: row.schedules_version ?? '0',
    now: numberOf(row.now),
  }
}

interface InstanceRow {
  now: Big
  id: string
  expires_at: Big
  started_at: Big
  last_beat_at: Big
  running: number
  unresponsive: number
  pid: Big
  state: 'running' | 'draining'
  host: string
  version: string
  functions: string
}

export async function instances(
  store: Store,
  input: { now?: number | undefined } = {},
): Promise<InstanceRecord[]> {
  const rows = await store.look((runner) =>
    runner.run<InstanceRow>(
      `with ${NOW} select clock.now, i.* from clock, {instances} as i order by started_at, seq`,
      [input.now ?? null],
    ),
  )
  return rows.map((row) => ({
    instanceId: fromText(row.id),
    host: fromText(row.host),
    pid: Number(row.pid),
    version: fromText(row.version),
    functions: JSON.parse(row.functions) as FunctionInfo[],
    startedAt: Number(row.started_at),
    lastBeatAt: Number(row.last_beat_at),
    running: row.running,
    unresponsive: row.unresponsive,
    state: Number(row.expires_at) <= Number(row.now) ? 'stale' : row.state,
  }))
}
