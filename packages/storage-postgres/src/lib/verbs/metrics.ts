import type { MetricsQuery, TaskMetrics, TaskStorage } from '@taskflow/core'
import { texts } from '../arrays.ts'
import { BLOCKED, CANCELLED, FAILED, INTERRUPTED, READY, RUNNING, SUCCESS } from '../codes.ts'
import type { Big } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { NOW } from '../sql.ts'
import type { Store } from '../store.ts'
import { toText } from '../text.ts'
import { bucketMiddle, HOUR_MS, MINUTE_MS } from './rollup.ts'
import { durations, type Tally } from './tally.ts'

type MetricsInput = Parameters<TaskStorage['metrics']>[0]

export async function metrics(store: Store, input: MetricsInput): Promise<TaskMetrics[]> {
  if (input.queries.length === 0) return []
  return store.look(async (runner) => {
    const { now, rows } = await live(runner, input)
    const ended = await Promise.all(input.queries.map((query) => collect(runner, query, now)))
    return ended.map((each, n) => {
      const { funcName } = input.queries[n] ?? {}
      const waiting = sumLive(rows, funcName === undefined ? undefined : toText(funcName))
      const counts = {
        success: each.counts.get(SUCCESS) ?? 0,
        failed: each.counts.get(FAILED) ?? 0,
        interrupted: each.counts.get(INTERRUPTED) ?? 0,
        cancelled: each.counts.get(CANCELLED) ?? 0,
      }
      const total = [...each.counts.values()].reduce((sum, count) => sum + count, 0)
      return {
        total: total + waiting.pending + waiting.running,
        ...waiting,
        ...counts,
        ...durations(each),
        endedLastMinute: each.lastMinute,
        lastEndedAt: each.lastEndedAt,
        lateSettlements: each.late,
      }
    })
  })
}

interface LiveRow {
  now: Big
  func: string | null
  state: number
  n: number
  later: number
  retrying: number
  first: Big | null
}

/** Counts of what is live by function and state, of all functions that are asked for. */
async function live(runner: Runner, input: MetricsInput) {
  const names = input.queries.map(({ funcName }) => funcName)
  const some = names.filter((name) => name !== undefined)
  const only = some.length === names.length ? 'where func = any ($2::text[])' : ''
  const rows = await runner.run<LiveRow>(
    `with ${NOW},
      counted as (
        select func, state, count(*)::int as n, count(*) filter (where run_at > now)::int as later,
          count(*) filter (where run_at > now and attempts_made > 0)::int as retrying,
          min(run_at) filter (where state = 0 and run_at <= now) as first
        from {live}, clock ${only} group by func, state)
      select clock.now, counted.* from clock left join counted on true`,
    [input.now ?? null, ...(only === '' ? [] : [texts([...new Set(some)])])],
  )
  return { now: Number(rows[0]?.now), rows: rows.filter(({ func }) => func !== null) }
}

function sumLive(rows: LiveRow[], func: string | undefined) {
  const sums = {
    pending: 0,
    running: 0,
    queued: 0,
    scheduled: 0,
    blocked: 0,
    retrying: 0,
    oldestQueuedAt: null as number | null,
  }
  for (const row of rows) {
    if (func !== undefined && row.func !== func) continue
    if (row.state === RUNNING) sums.running += row.n
    else sums.pending += row.n
    if (row.state === BLOCKED) sums.blocked += row.n
    if (row.state !== READY) continue
    sums.queued += row.n - row.later
    sums.retrying += row.retrying
    sums.scheduled += row.later - row.retrying
    if (row.first !== null) {
      sums.oldestQueuedAt = Math.min(sums.oldestQueuedAt ?? Number(row.first), Number(row.first))
    }
  }
  return sums
}

interface Ended extends Tally {
  lastMinute: number
  lastEndedAt: number | null
  late: number
}

interface RollupRow {
  state: number | null
  bucket: number
  n: number
  sum_ms: number
  min_ms: number | null
  max_ms: number | null
  last_end: number | null
  last_minute: number
  late: number
}

const COLUMNS = 'state, bucket, n, sum_ms, min_ms, max_ms, last_end'
const MINE = '($1::text is null or func = $1)'

/** What exists: the totals, and what is not folded into them yet. */
const EXISTING = `select ${COLUMNS} from {rollup_total} where ${MINE}
  union all select ${COLUMNS} from {rollup_minute} where slot >= 0 and ${MINE}
    and $3::bigint is null and $4::bigint is null`

/** Whole minutes to the next full hour, then hours, and what is not folded into those yet. */
const HAPPENED = `select ${COLUMNS} from {rollup_minute} where at >= $3::bigint and at < $4::bigint and ${MINE}
  union all select ${COLUMNS} from {rollup_hour} where at >= $4::bigint and ${MINE}
  union all select ${COLUMNS} from {rollup_minute} where slot >= 0 and at >= $4::bigint and ${MINE}`

function sumsOf(source: string): string {
  return `select null::smallint as state, null::smallint as bucket, null::float8 as n,
      null::float8 as sum_ms, null::float8 as min_ms, null::float8 as max_ms, null::float8 as last_end,
      coalesce(sum(n), 0)::float8 as last_minute,
      (select coalesce(sum(late), 0) from {functions} where ${MINE})::float8 as late
    from {rollup_minute} where at = $2::bigint and ${MINE}
  union all
  select state, bucket, sum(n)::float8, sum(sum_ms)::float8, min(min_ms)::float8, max(max_ms)::float8,
    max(last_end)::float8, 0, 0
  from (${source}) as parts group by state, bucket having sum(n) > 0`
}

async function collect(
  runner: Runner,
  { funcName, since }: MetricsQuery,
  now: number,
): Promise<Ended> {
  const lastMinute = Math.floor(now / MINUTE_MS) * MINUTE_MS - MINUTE_MS
  const [from, hour] = since === undefined ? [null, null] : spanOf(since, now)
  const rows = await runner.run<RollupRow>(sumsOf(since === undefined ? EXISTING : HAPPENED), [
    toText(funcName),
    lastMinute,
    from,
    hour,
  ])
  const ended: Ended = {
    counts: new Map(),
    lastMinute: 0,
    lastEndedAt: null,
    sumMs: 0,
    late: 0,
    buckets: [],
  }
  for (const row of rows) {
    if (row.state === null) {
      ended.lastMinute = row.last_minute
      ended.late = row.late
      continue
    }
    ended.counts.set(row.state, (ended.counts.get(row.state) ?? 0) + row.n)
    if (row.last_end !== null) {
      ended.lastEndedAt = Math.max(ended.lastEndedAt ?? row.last_end, row.last_end)
    }
    if (row.state !== SUCCESS) continue
    const middle = bucketMiddle(row.bucket)
    ended.sumMs += row.sum_ms
    ended.buckets.push({
      bucket: row.bucket,
      n: row.n,
      min: row.min_ms ?? middle,
      max: row.max_ms ?? middle,
    })
  }
  ended.buckets.sort((a, b) => a.bucket - b.bucket)
  return ended
}

/** Where minutes and hours begin to be counted; hours alone where minutes are gone. */
function spanOf(since: number, now: number): [minute: number, hour: number] {
  const minute = Math.floor(since / MINUTE_MS) * MINUTE_MS
  const kept = Math.floor(now / HOUR_MS) * HOUR_MS - 47 * HOUR_MS
  if (minute >= kept) return [minute, Math.ceil(minute / HOUR_MS) * HOUR_MS]
  const hour = Math.floor(minute / HOUR_MS) * HOUR_MS
  return [hour, hour]
}
