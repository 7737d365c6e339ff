import type { StoredTask } from '@taskflow/core'
import { type AttemptRow, toStored, type WholeRow } from '../rows.ts'
import type { Store } from '../store.ts'

export function get(
  store: Store,
  input: { taskIds: string[] },
  now: number,
): (StoredTask | null)[] {
  return input.taskIds.map((taskId) => {
    const row = (store.sql('select * from {live} where id = ?').get(taskId) ??
      store.sql('select * from {done} where id = ?').get(taskId)) as WholeRow | undefined
    if (row === undefined) return null
    const attempts = store
      .sql('select * from {attempts} where task_id = ? order by fence')
      .all(taskId) as AttemptRow[]
    return toStored(row, attempts, now)
  })
}
