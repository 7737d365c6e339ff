import type { TaskSort } from '@taskflow/core'
import type { Match } from './source.ts'

/** What each sort compares, as an expression on either table of tasks. */
export const sortKeys: Record<TaskSort, { live: string; done: string }> = {
  created_at: same('null'),
  // Numbers in the query; names and statuses are put in for them.
  func_name: same('kind'),
  status: same('state'),
  duration: { live: 'null', done: 'ended_at - started_at' },
  retries_used: same('max(0, attempts - 1)'),
  priority: same(`meta ->> 'priority'`),
  start_time: same('started_at'),
  end_time: { live: 'null', done: 'ended_at' },
}

function same(expression: string): { live: string; done: string } {
  return { live: expression, done: expression }
}

/** Empty values last in either direction; equal ones by id in the direction asked for. */
export function compareMatches(direction: 1 | -1) {
  return ([idA, , a]: Match, [idB, , b]: Match): number => {
    if (a !== b) {
      if (a === null) return 1
      if (b === null) return -1
      return a < b ? -direction : direction
    }
    if (idA === idB) return 0
    return idA < idB ? -direction : direction
  }
}
