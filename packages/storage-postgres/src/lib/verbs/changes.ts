import type { ChangeFeed, ChangePage } from '@taskflow/core'
import type { Runner } from '../runner.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'

/** Changes are kept for at least this long. */
const KEPT_SECONDS = 60

/**
 * A position is what was visible at a look, not a number: a transaction that took a lower number may
 * commit after a higher one was read. What the next look sees and this one did not is news, once.
 *
 * `epoch.seen`, or, within a look that was not read to its end, `epoch.seen.look.xid`: of what `look`
 * saw and `seen` did not, everything up to transaction `xid` was read. A transaction is never cut.
 */
interface Position {
  seen: string
  look: string | null
  xid: string
}

const SNAPSHOT = /^\d{1,19}:\d{1,19}:(?:\d{1,19}(?:,\d{1,19})*)?$/

export async function head(store: Store): Promise<string> {
  const [row] = await store.work((runner) =>
    runner.run<{ seen: string }>('select pg_current_snapshot()::text as seen'),
  )
  return `${store.epoch}.${row?.seen}`
}

// What the earlier look did not see: what began after it, and what was open then. Not all from the
// oldest of these on, since one transaction may stay open for minutes.
export const SINCE = `with looks as materialized (
    select $1::pg_snapshot as seen, coalesce($2::pg_snapshot, pg_current_snapshot()) as look,
      pg_current_snapshot() as now),
  known as materialized (
    select looks.*, pg_snapshot_xmin(seen) >= feed.floor
      and pg_snapshot_xmax(seen) <= pg_snapshot_xmax(now) as known
    from looks, {feed} as feed),
  news as (
    select c.xid, c.ids from (
        select xid, ids from {changes}
          where xid >= (select pg_snapshot_xmax(seen) from looks)
        union all
        select late.* from looks, pg_snapshot_xip(looks.seen) as open (xid)
          cross join lateral (select xid, ids from {changes} where xid = open.xid) as late
      ) as c
    where c.xid > $3::xid8 and pg_visible_in_snapshot(c.xid, (select look from looks))
      and (select known from known)
    order by c.xid fetch first (select $4::int) rows with ties)
  select known.known, known.look::text as look, known.now::text as now, news.xid::text as xid,
    array_to_json(news.ids)::text as ids
  from known left join news on true order by news.xid`

interface NewsRow {
  known: boolean
  look: string
  now: string
  xid: string | null
  ids: string | null
}

export async function since(
  store: Store,
  input: Parameters<ChangeFeed['since']>[0],
): Promise<ChangePage> {
  const position = parse(store, input.cursor)
  if (position === null) return { cursor: await head(store), taskIds: [], gap: true }
  const { seen, look, xid } = position
  // One row more tells whether the look is read to its end.
  const limit = Math.max(1, input.limit)
  const rows = await store.work((runner) =>
    runner.run<NewsRow>(SINCE, [seen, look, xid, limit + 1]),
  )
  const [first] = rows
  if (first === undefined || !first.known) {
    const cursor = first === undefined ? await head(store) : `${store.epoch}.${first.now}`
    return { cursor, taskIds: [], gap: true }
  }
  const changes = new Map<string, string[]>()
  for (const { xid, ids } of rows) {
    if (xid === null || ids === null) break
    const more = (JSON.parse(ids) as string[]).map((id) => fromText(id))
    changes.set(xid, [...(changes.get(xid) ?? []), ...more])
  }
  const taskIds = new Set<string>()
  let read = xid
  let whole = rows.length <= limit
  for (const [xid, ids] of changes) {
    // One at least, so that a reader gets on.
    if (taskIds.size > 0 && taskIds.size + ids.length > limit) {
      whole = false
      break
    }
    for (const id of ids) taskIds.add(id)
    read = xid
  }
  const cursor = whole
    ? `${store.epoch}.${first.look}`
    : `${store.epoch}.${seen}.${first.look}.${read}`
  return { cursor, taskIds: [...taskIds], gap: false }
}

function parse(store: Store, cursor: string): Position | null {
  const [epoch, seen = '', look = null, xid = '0', ...more] = cursor.split('.')
  if (epoch !== store.epoch || more.length > 0) return null
  if (!isSnapshot(seen) || (look !== null && !isSnapshot(look))) return null
  if (!/^\d{1,18}$/.test(xid)) return null
  return { seen, look, xid }
}

/** What the server would take: it refuses a snapshot whose numbers are not in order. */
function isSnapshot(text: string): boolean {
  if (!SNAPSHOT.test(text)) return false
  const [low = '', high = '', list = ''] = text.split(':')
  const xmin = BigInt(low)
  const xmax = BigInt(high)
  if (xmin <= 0n || xmax < xmin || xmax >= 2n ** 63n) return false
  let last = xmin - 1n
  for (const open of list === '' ? [] : list.split(',').map(BigInt)) {
    if (open <= last || open >= xmax) return false
    last = open
  }
  return true
}

// What began before the mark was over when it was set: once the mark is old, so are its rows. A
// position that saw all of them misses nothing; another is told of a gap.
const SWEEP = `with swept as (
    update {feed} set floor = mark, mark = pg_snapshot_xmin(pg_current_snapshot()),
      marked_at = clock_timestamp()
    where marked_at < clock_timestamp() - interval '${KEPT_SECONDS} seconds'
    returning floor)
  select count(*)::int as n from swept`

const AT_ONCE = 5_000
const DELETE_OLD = `with gone as (delete from {changes} where seq in (
    select seq from {changes} where xid < (select floor from {feed}) order by xid, seq
      limit ${AT_ONCE}) returning 1)
  select count(*)::int as n from gone`

/** Forgets old changes, as many as one transaction should; true when there are more. */
export async function sweepChanges(runner: Runner): Promise<boolean> {
  await runner.run(SWEEP)
  const [row] = await runner.run<{ n: number }>(DELETE_OLD)
  return row?.n === AT_ONCE
}
