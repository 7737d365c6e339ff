import type { ChangeFeed, ChangePage } from '@taskflow/core'
import { fromRanges, toRanges } from '../ranges.ts'
import type { Session } from '../session.ts'
import type { Store } from '../store.ts'

const KEPT_MS = 70_000
const SWEEP_MS = 10_000
/** Changes are written down until nobody has asked for them for this long. */
const WATCHED_MS = 120_000

/**
 * One row per transaction. Writers take turns, so the order of rows is the order of commits. None
 * while nobody looks: in a busy queue it would be a tenth of what is written.
 */
export function flushChanges(session: Session): void {
  const { changed, gone } = session
  if (changed.length === 0 && gone.length === 0) return
  const now = Date.now()
  if (now >= session.watchedUntil) {
    if (session.known.watched === true) return
    session.watchedUntil = watchedUntil(session)
    session.known.watched = true
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

export function head(store: Store): string {
  return cursor(store, bounds(store).last)
}

export function since(store: Store, input: Parameters<ChangeFeed['since']>[0]): ChangePage {
  const from = parse(store, input.cursor)
  if (from === null) return { cursor: head(store), taskIds: [], gap: true }
  const taskIds = new Set<string>()
  let last = from
  const rows = store
    .sql('select seq, tasks, gone from {changes} where seq > ? order by seq')
    .iterate(from) as IterableIterator<{ seq: number; tasks: string; gone: string | null }>
  for (const row of rows) {
    const seqs = fromRanges(row.tasks)
    const gone = row.gone === null ? [] : (JSON.parse(row.gone) as string[])
    // Whole changes only, and at least one, so that a reader gets on.
    if (taskIds.size > 0 && taskIds.size + seqs.length + gone.length > input.limit) break
    // Those not found were deleted since, and are listed with that.
    for (const id of [...idsOf(store, seqs), ...gone]) taskIds.add(id)
    last = row.seq
  }
  return { cursor: cursor(store, last), taskIds: [...taskIds], gap: false }
}

function idsOf(store: Store, seqs: number[]): string[] {
  return store
    .sql(`select coalesce(live.id, done.id) from json_each(?) as wanted
      left join {live} as live on live.seq = wanted.value
      left join {done} as done on done.seq = wanted.value
      where live.id is not null or done.id is not null order by wanted.key`)
    .pluck()
    .all(JSON.stringify(seqs)) as string[]
}

function bounds(store: Store): { first: number; last: number } {
  const row = store.sql('select min(seq) as first, max(seq) as last from {changes}').get() as {
    first: number | null
    last: number | null
  }
  return { first: row.first ?? 1, last: row.last ?? 0 }
}

function cursor(store: Store, row: number): string {
  return `${store.epoch}.${row}`
}

/** The row that a reader has read up to; null for one that is not known, or not any more. */
function parse(store: Store, text: string): number | null {
  const [epoch, row = '', ...more] = text.split('.')
  if (epoch !== store.epoch || more.length > 0 || !/^\d{1,15}$/.test(row)) return null
  const { first, last } = bounds(store)
  return +row >= first - 1 && +row <= last ? +row : null
}
