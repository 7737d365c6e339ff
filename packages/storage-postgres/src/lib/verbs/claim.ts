import type { ClaimedTask } from '@taskflow/core'
import { type Big, metaOf, toTags } from '../rows.ts'
import { fromText } from '../text.ts'

/** Candidates among tasks that crashed before: one is claimed at most. */
const SUSPECTS = 8

/** Functions among `names` that are not paused. */
function active(names: string): string {
  return `unnest(${names}::text[]) as named (func)
        where named.func <> all (array(select func from {functions} where paused_at is not null))`
}

/**
 * Ready tasks of the functions named by a parameter: for each function and rank, the first `window`
 * of the index in order. Tasks due later and functions that nobody runs are never scanned past.
 * `suspects` is 1 where tasks that crashed before are wanted too.
 */
export function heads(names: string, suspects: string, window: number): string {
  const top = (lane: number, func: string, below: string) =>
    `(select max(l.rank) from {live} as l
          where l.state = 0 and l.lane = ${lane} and l.func = ${func} ${below})`
  const first = (lane: number, rows: number) => `
      select h.func, h.lane, h.rank, l.at, l.id, l.run_at from head as h cross join lateral (
        select ctid as at, id, run_at from {live}
        where state = 0 and lane = ${lane} and func = h.func and rank = h.rank
        order by run_at, id limit ${rows}) as l
      where h.lane = ${lane} and h.rank is not null`
  return `top (func, lane, rank) as (
      select named.func, 0, ${top(0, 'named.func', '')} from ${active(names)}
      union all
      select named.func, 2, ${top(2, 'named.func', '')} from ${active(names)} and ${suspects}::int = 1
        and exists (select 1 from {live} where state = 0 and lane = 2)),
    head (func, lane, rank) as (
      select func, lane, rank from top
      union all
      select h.func, h.lane, case h.lane
          when 0 then ${top(0, 'h.func', 'and l.rank < h.rank')}
          else ${top(2, 'h.func', 'and l.rank < h.rank')} end
        from head as h where h.rank is not null),
    waiting as materialized (${first(0, window)}
      union all ${first(2, Math.min(window, SUSPECTS))})`
}

// The number of rows to scan is part of a statement's text: as a parameter, the server would plan
// each claim anew. There are more than can be claimed, for those that others hold just then.
const WINDOWS = [32, 80, 180, 640]

export function windowFor(limit: number): number {
  const wanted = limit + Math.min(limit + 10, 80)
  return WINDOWS.find((window) => window >= wanted) ?? Math.ceil(wanted / 1000) * 1000
}

/** Parameters of `claims`, by their place in the statement. */
export interface ClaimPlaces {
  me: string
  limit: string
  /** Functions of which only so many may be claimed; undefined when there are none. */
  caps?: { names: string; counts: string }
}

/** Claims in the order rank, `run_at`, id. */
export function claims({ me, limit, caps }: ClaimPlaces, window: number): string {
  const due = `
          select at, func, rank, run_at, id from waiting, clock
            where lane = 0 and run_at <= clock.now
          union all (
            select at, func, rank, run_at, id from waiting, clock
            where lane = 2 and run_at <= clock.now order by rank desc, run_at, id limit 1)`
  const allowed =
    caps === undefined
      ? due
      : `
          select at, func, rank, run_at, id from (
            select due.*, row_number() over (
              partition by func order by rank desc, run_at, id) as n from (${due}) as due) as due
          where n <= coalesce((
            select cap.n from unnest(${caps.names}::text[], ${caps.counts}::int[]) as cap (func, n)
            where cap.func = due.func), n)`
  return `picked as materialized (
      select free.at, free.id from (
          select w.at from (${allowed}) as w
          where exists (
            select 1 from {instances} as i, clock where i.id = ${me} and i.expires_at > clock.now)
          order by w.rank desc, w.run_at, w.id limit ${window}) as due
        -- Locks one after the other as far as the limit, and passes over what others hold.
        cross join lateral (
          select ctid as at, id from {live} where ctid = due.at and state = 0
          for update skip locked) as free
        limit (select ${limit}::int)),
    claimed as (
      update {live} as l set state = 3, instance = ${me}, fence = l.fence + 1, rev = l.rev + 1,
        attempts_made = l.attempts_made + 1, claimed_at = clock.now, started_at = clock.now,
        progress = null
      from clock where l.ctid = any (array(select at from picked)) and l.state = 0
      returning l.rank, l.run_at, l.id, l.func, l.fence, l.payload, l.tags, l.attempts_made,
        l.max_attempts, l.crashes, l.log_count, l.meta)`
}

/** When the first tasks are due that `picked` has left, by function and lane. */
export const LEFT = `select func, lane, min(run_at) as run_at from waiting
    where id not in (select id from picked) group by func, lane`

export interface ClaimedRow {
  rank: number
  run_at: Big
  id: string
  func: string
  fence: number
  payload: string
  tags: string | null
  attempts_made: number
  max_attempts: number
  crashes: number
  log_count: number
  meta: string | null
}

/** The rows in claim order: an update returns them in another. */
export function toClaimed(rows: ClaimedRow[]): ClaimedTask[] {
  return rows.sort(byClaimOrder).map((row) => ({
    taskId: fromText(row.id),
    funcName: fromText(row.func),
    fence: row.fence,
    payload: fromText(row.payload),
    tags: toTags(row.tags),
    attemptsMade: row.attempts_made,
    maxAttempts: row.max_attempts,
    crashes: row.crashes,
    logCount: row.log_count,
    dependsOn: metaOf(row.meta).after ?? [],
  }))
}

function byClaimOrder(a: ClaimedRow, b: ClaimedRow): number {
  return b.rank - a.rank || Number(a.run_at) - Number(b.run_at) || (a.id < b.id ? -1 : 1)
}
