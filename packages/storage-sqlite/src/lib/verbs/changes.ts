import type { ChangeFeed, ChangePage } from '@taskflow/core'
import type { Store } from '../store.ts'

const KEPT_MS = 70_000
const SWEEP_MS = 10_000

/** One row per transaction. Writers take turns, so the order of rows is the order of commits. */
export function flushChanges(store: Store): void {
  if (store.changed.size === 0) return
  const now = Date.now()
  store
    .sql('insert into {changes} (at, ids) values (?, ?)')
    .run(now, JSON.stringify([...store.changed]))
  if (now - store.sweptAt < SWEEP_MS && now >= store.sweptAt) return
  store.sweptAt = now
  // The newest row stays: the next number is one above it.
  store
    .sql(`delete from {changes} where seq in (select seq from {changes} where at < ? order by seq limit 2000)
      and seq < (select max(seq) from {changes})`)
    .run(now - KEPT_MS)
}

export function head(store: Store): string {
  return cursor(store, bounds(store).last, 0)
}

export function since(store: Store, input: Parameters<ChangeFeed['since']>[0]): ChangePage {
  const { first, last } = bounds(store)
  const [epoch, seqText, skipText] = input.cursor.split('.')
  const seq = Number(seqText)
  const skip = Number(skipText)
  const known =
    epoch === store.epoch &&
    Number.isSafeInteger(seq) &&
    seq <= last &&
    seq >= first - 1 &&
    (skip === 0 || skip < idsOf(store, seq + 1).length)
  if (!known) return { cursor: cursor(store, last, 0), taskIds: [], gap: true }
  const taskIds = new Set<string>()
  let at = { seq, skip }
  const rows = store
    .sql('select seq, ids from {changes} where seq > ? order by seq')
    .iterate(seq) as IterableIterator<{ seq: number; ids: string }>
  for (const row of rows) {
    const ids = JSON.parse(row.ids) as string[]
    let taken = row.seq === seq + 1 ? skip : 0
    while (taken < ids.length && taskIds.size < input.limit) taskIds.add(ids[taken++] ?? '')
    if (taken < ids.length) {
      at = { seq: row.seq - 1, skip: taken }
      break
    }
    at = { seq: row.seq, skip: 0 }
    if (taskIds.size >= input.limit) break
  }
  return { cursor: cursor(store, at.seq, at.skip), taskIds: [...taskIds], gap: false }
}

function idsOf(store: Store, seq: number): string[] {
  const row = store.sql('select ids from {changes} where seq = ?').get(seq)
  return row === undefined ? [] : (JSON.parse((row as { ids: string }).ids) as string[])
}

function bounds(store: Store): { first: number; last: number } {
  const row = store.sql('select min(seq) as first, max(seq) as last from {changes}').get() as {
    first: number | null
    last: number | null
  }
  return { first: row.first ?? 1, last: row.last ?? 0 }
}

/** Everything up to row `seq` has been read, and `skip` ids of the row after it. */
function cursor(store: Store, seq: number, skip: number): string {
  return `${store.epoch}.${seq}.${skip}`
}
