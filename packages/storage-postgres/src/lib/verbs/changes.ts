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
 * `epoch.seen`, or, within a look that was not read to its end, `epoch.seen.look.seq.skip`: of what
 * `look` saw and `seen` did not, everything up to row `seq` was read, and `skip` ids of the next.
 */
interface Position {
  seen: string
  look: string | null
  seq: string
  skip: number
}

const SNAPSHOT = /^\d{1,19}:\d{1,19}:(?:\d{1,19}(?:,\d{1,19})*)?$/

export async function head(store: Store): Promise<string> {
  const [row] = await store.work((runner) =>
    runner.run<{ seen: string }>('select pg_current_snapshot()::text as seen'),
  )
  return `${store.epoch}.${row?.seen}`
}

// Rows are looked up from the oldest transaction on that was open at the earlier look; the sum keeps
// the server from going through all of them by their numbers.
export const SINCE = `with looks as materialized (
    select $1::pg_snapshot as seen, coalesce($2::pg_snapshot, pg_current_snapshot()) as look,
      pg_current_snapshot() as now),
  known as materialized (
    select looks.*, pg_snapshot_xmin(seen) >= feed.floor
      and pg_snapshot_xmax(seen) <= pg_snapshot_xmax(now) as known
    from looks, {feed} as feed),
  news as (
    select c.seq, c.ids from {changes} as c
    where c.xid >= (select pg_snapshot_xmin(seen) from looks) and c.seq + 0 > $3::bigint
      and not pg_visible_in_snapshot(c.xid, (select seen from looks))
      and pg_visible_in_snapshot(c.xid, (select look from looks))
      and (select known from known)
    order by c.seq + 0 limit (select $4::int))
  select known.known, known.look::text as look, known.now::text as now, news.seq::text as seq,
    array_to_json(news.ids)::text as ids
  from known left join news on true order by news.seq`

interface NewsRow {
  known: boolean
  look: string
  now: string
  seq: string | null
  ids: string | null
}

export async function since(
  store: Store,
  input: Parameters<ChangeFeed['since']>[0],
): Promise<ChangePage> {
  const position = parse(store, input.cursor)
  if (position === null) return { cursor: await head(store), taskIds: [], gap: true }
  const { seen, look, seq, skip } = position
  // One row more tells whether the look is read to its end.
  const limit = Math.max(1, input.limit)
  const rows = await store.work((runner) =>
    runner.run<NewsRow>(SINCE, [seen, look, seq, limit + 1]),
  )
  const [first] = rows
  if (first === undefined || !first.known) {
    const cursor = first === undefined ? await head(store) : `${store.epoch}.${first.now}`
    return { cursor, taskIds: [], gap: true }
  }
  const taskIds = new Set<string>()
  let read = { seq, skip }
  for (const row of rows) {
    if (row.seq === null || row.ids === null) break
    const ids = (JSON.parse(row.ids) as string[]).map((id) => fromText(id))
    let taken = read.skip
    while (taken < ids.length && taskIds.size < limit) taskIds.add(ids[taken++] ?? '')
    if (taken < ids.length) {
      const cursor = `${store.epoch}.${seen}.${first.look}.${read.seq}.${taken}`
      return { cursor, taskIds: [...taskIds], gap: false }
    }
    read = { seq: row.seq, skip: 0 }
  }
  const whole = rows.length <= limit
  const cursor = whole
    ? `${store.epoch}.${first.look}`
    : `${store.epoch}.${seen}.${first.look}.${read.seq}.0`
  return { cursor, taskIds: [...taskIds], gap: false }
}

function parse(store: Store, cursor: string): Position | null {
  const [epoch, seen = '', look = null, seq = '0', skip = '0', ...more] = cursor.split('.')
  if (epoch !== store.epoch || more.length > 0) return null
  if (!isSnapshot(seen) || (look !== null && !isSnapshot(look))) return null
  if (!/^\d{1,18}$/.test(seq) || !/^\d{1,9}$/.test(skip)) return null
  return { seen, look, seq, skip: Number(skip) }
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

const DELETE_OLD = `delete from {changes} where seq in (
    select seq from {changes} where xid < (select floor from {feed}) order by xid, seq limit 5000)`

/** Forgets old changes. */
export async function sweepChanges(runner: Runner): Promise<void> {
  await runner.run(SWEEP)
  await runner.run(DELETE_OLD)
}
