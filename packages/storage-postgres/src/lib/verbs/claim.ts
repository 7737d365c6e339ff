import type { ClaimedTask } from '@taskflow/core'
import { type Big, metaOf, toTags } from '../rows.ts'
import { fromText } from '../text.ts'
import {
  FROM_HEAD,
  firstOf,
  heads,
  type Known,
  knownOf,
  manyNames,
  oneName,
  ranks,
  SUSPECTS,
} from './heads.ts'

/**
 * `waiting`: at least the first `window` due tasks of all functions together. Only the first heads
 * can matter, each of them with a row less than the one before. Each is read a little further than
 * an even share; only those are read on whose share ends within the window. Where twenty functions
 * have a backlog, a claim of 10 reads 36 rows so, and one of 500 reads 800; twenty windows were 240
 * and 10 400.
 */
function shared(
  names: string,
  suspects: string,
  window: number,
  calm: boolean,
  isKnown: boolean,
): string {
  const others = calm ? '' : `union all ${firstOf(2, SUSPECTS)}`
  const slack = Math.min(8, Math.ceil(window / 6))
  const share = `least(${window}, ${Math.ceil(window * 1.25)} / count(*) over () + ${slack})`
  // A floor is no task: what begins there may have none before the next.
  const wanted = isKnown ? share : `least(${share}, ${window + 1} - row_number() over (${byOrder}))`
  return `${ranks(manyNames(names), suspects, calm, isKnown)},
    first as materialized (
      select func, rank, run_at, id, ${wanted} as wanted from (
        select * from head where lane = 0 and run_at <= (select now from clock)
        ${isKnown ? '' : `${byOrder} limit ${window}`}) as head),
    near as materialized (
      select near.*, row_number() over (
        order by near.run_at > clock.now, rank desc, near.run_at, near.id) as place
      from clock, (
        select h.func, h.rank, h.wanted, l.at, l.id, l.run_at, l.n
        from first as h cross join lateral (
          select at, id, run_at, n from (
            select ctid as at, id, run_at, row_number() over (order by run_at, id) as n from {live}
            where state = 0 and lane = 0 and func = h.func and rank = h.rank
              ${FROM_HEAD}
            order by run_at, id limit ${window}) as l
          limit (select h.wanted)) as l) as near),
    waiting as materialized (
      select func, 0 as lane, rank, at, id, run_at from near
      union all
      select near.func, 0, near.rank, l.at, l.id, l.run_at from near cross join lateral (
        select * from (
          select ctid as at, id, run_at from {live}
          where state = 0 and lane = 0 and func = near.func and rank = near.rank
            and (run_at, id) > (near.run_at, near.id)
          order by run_at, id limit ${window}) as l
        limit (select ${window} - near.place)) as l
      where near.n = near.wanted and near.place < ${window}
        and near.run_at <= (select now from clock)
      ${others})`
}

// The number of rows to scan is part of a statement's text: as a parameter, the server would plan
// each claim anew. There is always one more than can be claimed, to tell what is left.
const WINDOWS = [12, 60, 120, 520]
/** As far as this, what was claimed is passed over sooner than the end of it is looked for. */
const FEW = 60

export function windowFor(limit: number): number {
  return WINDOWS.find((window) => window > limit) ?? Math.ceil((limit + 1) / 1000) * 1000
}

/** Parameters of a claim, by their place in the statement. */
export interface ClaimPlaces {
  me: string
  names: string
  limit: string
  suspects: string
  /** Claims nothing where suspects wait, unless they are not wanted. */
  calm: boolean
  /** Functions of which only so many may be claimed; undefined when there are none. */
  caps?: { names: string; counts: string }
  /** From where on ready tasks are looked for; undefined looks at all. */
  known?: Known
}

const byOrder = 'order by rank desc, run_at, id'

/** Only who is alive claims. */
const hasLease = (me: string) =>
  `exists (select 1 from {instances} as i, clock where i.id = ${me} and i.expires_at > clock.now)`

/** Marks what `picked` has locked, for `me`. */
const claimed = (me: string) => `claimed as (
      update {live} as l set state = 3, instance = ${me}, fence = l.fence + 1, rev = l.rev + 1,
        attempts_made = l.attempts_made + 1, claimed_at = clock.now, started_at = clock.now,
        progress = null
      from clock where l.ctid = any (array(select at from picked)) and l.state = 0
      returning l.rank, l.run_at, l.id, l.func, l.fence, l.payload, l.tags, l.attempts_made,
        l.max_attempts, l.crashes, l.log_count, l.retry_of, l.meta)`

/**
 * Claims of many functions in the order rank, `run_at`, id. `rest` tells when the first tasks are due
 * that were left, by function, lane and rank.
 */
export function claimMany(places: ClaimPlaces, window: number): string {
  const { me, names, limit, suspects, calm, caps, known } = places
  const isKnown = known !== undefined
  const dueOf = (lane: number) => `select at, func, rank, run_at, id from waiting, clock
            where lane = ${lane} and run_at <= clock.now`
  const due = calm ? dueOf(0) : `${dueOf(0)} union all (${dueOf(2)} ${byOrder} limit 1)`
  const allowed =
    caps === undefined
      ? due
      : `
          select at, func, rank, run_at, id from (
            select due.*, row_number() over (partition by func ${byOrder}) as n
            from (${due}) as due) as due
          where n <= coalesce((
            select cap.n from unnest(${caps.names}::text[], ${caps.counts}::int[]) as cap (func, n)
            where cap.func = due.func), n)`
  // Where limits leave less than an even share of one function, more of the others is claimed.
  const waiting =
    caps === undefined
      ? shared(names, suspects, window, calm, isKnown)
      : heads(names, suspects, window, isKnown)
  return `${knownOf(known)} ${waiting},
    picked as materialized (
      select free.at, free.id from (
          select at from (${allowed}) as due where ${hasLease(me)}
          ${byOrder} limit ${window}) as due
        -- Locks one after the other as far as the limit, and passes over what others hold.
        cross join lateral (
          select ctid as at, id from {live}
          -- Looked at again: it may have been put back for later meanwhile.
          where ctid = due.at and state = 0 and run_at <= (select now from clock)
          for update skip locked) as free
        limit (select ${limit}::int)),
    ${claimed(me)},
    rest as (
      select func, lane, rank, min(run_at) as run_at from (
        select func, lane, rank, run_at, id from waiting
        -- And where nothing was read on: a floor is no task.
        ${isKnown ? '' : 'union all select func, lane, rank, run_at, id from head'}) as seen
      where id not in (select id from claimed) group by func, lane, rank)`
}

/**
 * Claims of one function, often all there is. Its ranks come one after the other in order, so tasks
 * are locked as they are read, without a window and a second look at each: a tenth less for a turn of
 * 500. What others hold is passed over however much it is: two that drain 500 at a time are twice as
 * fast as with windows, in which each met the other's tasks. Where a suspect is claimed, the last
 * ready task that gave way to it stays locked to the end of the turn.
 */
export function claimOne(places: ClaimPlaces, most: number): string {
  const { me, names, limit, suspects, calm, known } = places
  const isKnown = known !== undefined
  const first = (lane: number, rows: number, lock: string, where: string) => `
        select h.func, h.lane, h.rank, l.at, l.id, l.run_at
        from (select * from head order by rank desc) as h
        cross join lateral (
          select ctid as at, id, run_at from {live}
          where state = 0 and lane = ${lane} and func = h.func and rank = h.rank and ${where}
            ${FROM_HEAD}
          order by run_at, id limit ${rows} ${lock}) as l
        where h.lane = ${lane}`
  const isDue = 'run_at <= (select now from clock)'
  const isLeft = 'id not in (select id from claimed)'
  const lock = 'for update skip locked'
  const ready = `as materialized (${first(0, most, lock, isDue)} and ${hasLease(me)}
      limit (select ${limit}::int))`
  const picked = calm
    ? `picked ${ready}`
    : `ready ${ready},
    suspect as materialized (${first(2, 1, lock, isDue)} and ${hasLease(me)}
      limit (select least(${limit}::int, 1))),
    picked as materialized (
      select at, id from (select * from ready union all select * from suspect) as due
      ${byOrder} limit (select ${limit}::int))`
  const left =
    calm && most > FEW
      ? leftBehind(limit, isLeft)
      : `${first(0, 1, '', isLeft)} ${calm ? '' : `union all ${first(2, 1, '', isLeft)}`}`
  return `${knownOf(known)} ${ranks(oneName(names), suspects, calm, isKnown)},
    ${picked},
    ${claimed(me)},
    rest as (
      select func, lane, rank, run_at from (${left}) as l)`
}

/**
 * For each head the first row that was not claimed. Within the rank where a full claim ended, it is
 * looked for from there: to pass over the 500 before took a twentieth of the turn.
 */
const leftBehind = (limit: string, isLeft: string) => `
        select h.func, h.lane, h.rank, l.run_at
        from head as h
        left join (
          select rank, run_at, id from claimed where (select count(*) from claimed) = ${limit}::int
          order by rank, run_at desc, id desc limit 1) as last on last.rank = h.rank
        cross join lateral (
          select run_at, id from {live}
          where state = 0 and lane = 0 and func = h.func and rank = h.rank
            and (last.rank is not null or ${isLeft})
            and (run_at, id) >= (coalesce(last.run_at, h.run_at), coalesce(last.id, h.id))
            and id is distinct from last.id
          order by run_at, id limit 1) as l`

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
  retry_of: string | null
  meta: string | null
}

/** The rows in claim order: an update returns them in another. */
export function toClaimed(rows: ClaimedRow[]): ClaimedTask[] {
  return rows.sort(byClaimOrder).map((row) => {
    const { after = [], trace = null } = metaOf(row.meta)
    return {
      taskId: fromText(row.id),
      funcName: fromText(row.func),
      fence: row.fence,
      payload: fromText(row.payload),
      tags: toTags(row.tags),
      runAt: Number(row.run_at),
      attemptsMade: row.attempts_made,
      maxAttempts: row.max_attempts,
      crashes: row.crashes,
      logCount: row.log_count,
      dependsOn: after,
      retryOf: fromText(row.retry_of),
      trace,
    }
  })
}

function byClaimOrder(a: ClaimedRow, b: ClaimedRow): number {
  return b.rank - a.rank || Number(a.run_at) - Number(b.run_at) || (a.id < b.id ? -1 : 1)
}
