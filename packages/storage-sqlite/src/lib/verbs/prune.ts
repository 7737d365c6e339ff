import type { TaskStorage } from '@taskflow/core'
import type { Store } from '../store.ts'
import { freeKey } from './finish.ts'
import { uncount } from './rollup.ts'

interface OldRow {
  seq: number
  id: string
  func: string
  state: number
  started_at: number | null
  ended_at: number
  idem_key: string | null
}

export function prune(
  store: Store,
  input: Parameters<TaskStorage['prune']>[0],
): { deleted: number } {
  if (input.dryRun === true) {
    const row = store
      .sql('select count(*) as deleted from {done} where ended_at < ?')
      .get(input.endedBefore)
    return row as { deleted: number }
  }
  const rows = store
    .sql(`select seq, id, func, state, started_at, ended_at, idem_key from {done}
      where ended_at < ? order by ended_at, seq limit ?`)
    .all(input.endedBefore, input.limit) as OldRow[]
  for (const row of rows) {
    store.sql('delete from {done} where seq = ?').run(row.seq)
    store.sql('delete from {attempts} where task_id = ?').run(row.id)
    store.sql('delete from {logs} where task_id = ?').run(row.id)
    if (row.idem_key !== null) freeKey(store, row)
    const durationMs = row.started_at === null ? null : row.ended_at - row.started_at
    uncount(store, { func: row.func, state: row.state, durationMs })
    store.changed.add(row.id)
  }
  return { deleted: rows.length }
}
