import type { ChangeFeed, ChangePage } from '@taskflow/core'
import { fromRanges, toRanges } from '../ranges.ts'
import type { Session } from '../session.ts'
import type { Store } from '../store.ts'
import { lastSeq } from './insert.ts'

const KEPT_MS = 70_000
const SWEEP_MS = 10_000
/** Changes are written down until nobody has asked for them for this long. */
const WATCHED_MS = 120_000

/**
 * One row per transaction. Writers take turns, so the order of rows is the order of commits. New
 * tasks have no row: their numbers, which only grow, tell which they are. While nobody looks, that
 * is no row at all: in a busy queue it would be a tenth of what is written.
 */
export function flushChanges(session: Session): void {
  const { changed, gone } = session
  if (changed.length === 0 && gone.length === 0) return
  const now = Date.now()
  if (now >= session.watchedUntil) {
    session.watchedUntil = watchedUntil(session)
    if (now >= session.watchedUntil) return
  }
  session
    .sql('insert into {changes} (at, tasks, gone) values (?, ?, ?)')
    .run(now, toRanges(changed), gone.length === 0 ? null : JSON.stringify(gone))
  if (now - session.sweptAt < SWEEP_MS && now >= session.sweptAt) return
  session.sweptAt = now
  // The newest row stays: the next number is one above it.
  session
    .sql(`delete from {changes} where seq in (select seq from {changes} where at < ? order by seq limit 2000)
      and seq < (select max(seq) from {changes})`)
    .run(now - KEPT_MS)
}

/** Says that somebody looks. Before each look, and a transaction of its own once in a while. */
export function watchChanges(store: Store): void {
  const now = Date.now()
  if (store.watchedUntil - now > WATCHED_MS / 2) return
  store.write(() => {
    // What happened while nobody looked was not written down: earlier positions are unknown now.
    if (watchedUntil(store) <= now) {
      const { last } = bounds(store)
      store.sql('delete from {changes}').run()
      store.sql(`insert into {changes} (seq, at, tasks) values (?, ?, '')`).run(last + 2, now)
    }
    store
      .sql(`insert into {meta} (name, value) values ('watchedUntil', ?)
        on conflict (name) do update set value = excluded.value`)
      .run(String(now + WATCHED_MS))
  })
  store.watchedUntil = now + WATCHED_MS
}

function watchedUntil(session: Session): number {
  const value = session.sql(`select value from {meta} where name = 'watchedUntil'`).pluck().get()
  return Number(value ?? 0)
}

/** Where a reader stands. */
interface Position {
  /** All tasks up to this number were listed when they were new. */
  task: number
  /** All rows up to this were read, and `skip` tasks of the row after. */
  row: number
  skip: number
}

export function head(store: Store): string {
  return cursor(store, { task: lastSeq(store), row: bounds(store).last, skip: 0 })
}

export function since(store: Store, input: Parameters<ChangeFeed['since']>[0]): ChangePage {
  const from = parse(store, input.cursor)
  if (from === null) return { cursor: head(store), taskIds: [], gap: true }
  const taskIds = new Set<string>()
  const at = { ...from }
  addNew(store, at, taskIds, input.limit)
  addChanged(store, at, taskIds, input.limit)
  return { cursor: cursor(store, at), taskIds: [...taskIds], gap: false }
}

function addNew(store: Store, at: Position, taskIds: Set<string>, limit: number): void {
  const rows = store
    .rows(`select seq, id from (
        select * from (select seq, id from {live} where seq > @after order by seq limit @limit)
        union all select * from (select seq, id from {done} where seq > @after order by seq limit @limit)
      ) order by seq limit @limit`)
    .all({ after: at.task, limit }) as [number, string][]
  for (const [seq, id] of rows) {
    taskIds.add(id)
    at.task = seq
  }
}

function addChanged(store: Store, at: Position, taskIds: Set<string>, limit: number): void {
  const first = { ...at }
  const rows = store
    .sql('select seq, tasks, gone from {changes} where seq > ? order by seq')
    .iterate(first.row) as IterableIterator<{ seq: number; tasks: string; gone: string | null }>
  for (const row of rows) {
    if (taskIds.size >= limit) return
    const seqs = fromRanges(row.tasks)
    const gone = row.gone === null ? [] : (JSON.parse(row.gone) as string[])
    let taken = row.seq === first.row + 1 ? first.skip : 0
    // Those not found were deleted since, and are listed with that.
    const ids = idsOf(store, seqs)
    for (; taken < seqs.length + gone.length && taskIds.size < limit; taken += 1) {
      const id = taken < seqs.length ? ids.get(seqs[taken] ?? 0) : gone[taken - seqs.length]
      if (id !== undefined) taskIds.add(id)
    }
    if (taken < seqs.length + gone.length) {
      at.row = row.seq - 1
      at.skip = taken
      return
    }
    at.row = row.seq
    at.skip = 0
  }
}

function idsOf(store: Store, seqs: number[]): Map<number, string> {
  const rows = store
    .rows(`select wanted.value, coalesce(live.id, done.id) as id from json_each(?) as wanted
      left join {live} as live on live.seq = wanted.value
      left join {done} as done on done.seq = wanted.value
      where live.id is not null or done.id is not null`)
    .all(JSON.stringify(seqs)) as [number, string][]
  return new Map(rows)
}

function bounds(store: Store): { first: number; last: number } {
  const row = store.sql('select min(seq) as first, max(seq) as last from {changes}').get() as {
    first: number | null
    last: number | null
  }
  return { first: row.first ?? 1, last: row.last ?? 0 }
}

function cursor(store: Store, { task, row, skip }: Position): string {
  return `${store.epoch}.${task}.${row}.${skip}`
}

/** Null for a position that is not known, or not any more. */
function parse(store: Store, text: string): Position | null {
  const [epoch, ...numbers] = text.split('.')
  const [task, row, skip, ...more] = numbers.map((part) => (/^\d{1,15}$/.test(part) ? +part : -1))
  if (epoch !== store.epoch || more.length > 0) return null
  if (task === undefined || row === undefined || skip === undefined) return null
  const { first, last } = bounds(store)
  const known = task >= 0 && task <= lastSeq(store) && row >= first - 1 && row <= last && skip >= 0
  if (!known || (skip > 0 && row === last)) return null
  return { task, row, skip }
}
