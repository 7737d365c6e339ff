import type { StoredTask } from '@taskflow/core'
import { toStored, wholeRow } from '../rows.ts'
import type { Session } from '../session.ts'

export function get(
  session: Session,
  input: { taskIds: string[] },
  now: number,
): (StoredTask | null)[] {
  return input.taskIds.map((taskId) => {
    const row = wholeRow(session, taskId)
    return row === undefined ? null : toStored(session, row, now)
  })
}
