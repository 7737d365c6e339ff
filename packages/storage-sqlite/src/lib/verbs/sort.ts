import type { TaskSort } from '@taskflow/core'
import { statusOf } from '../codes.ts'
import type { SummaryRow } from '../rows.ts'

/** What a sort compares, and the id for equal ones. */
export type Position = [value: string | number | null, id: string]

/** What sorts need of a row. */
export type KeyRow = Pick<
  SummaryRow,
  'id' | 'func' | 'state' | 'attempts_made' | 'priority' | 'started_at' | 'ended_at'
>

export const sortKeys: Record<
  Exclude<TaskSort, 'created_at'>,
  (row: KeyRow) => string | number | null
> = {
  func_name: (row) => row.func,
  status: (row) => statusOf(row.state),
  duration: ({ started_at, ended_at }) =>
    ended_at == null || started_at === null ? null : ended_at - started_at,
  retries_used: (row) => Math.max(0, row.attempts_made - 1),
  priority: (row) => row.priority,
  start_time: (row) => row.started_at,
  end_time: (row) => row.ended_at ?? null,
}

/** Empty values last in either direction; equal ones by id in the direction asked for. */
export function compareKeys(direction: 1 | -1) {
  return ([a, idA]: Position, [b, idB]: Position): number => {
    if (a !== b) {
      if (a === null) return 1
      if (b === null) return -1
      return a < b ? -direction : direction
    }
    if (idA === idB) return 0
    return idA < idB ? -direction : direction
  }
}
