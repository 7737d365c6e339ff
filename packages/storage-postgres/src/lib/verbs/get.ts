import type { StoredTask, TaskStorage } from '@taskflow/core'
import { texts } from '../arrays.ts'
import { type Big, SUMMARY_COLUMNS, toStored, type WholeRow } from '../rows.ts'
import { NOW } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'

const COLUMNS = SUMMARY_COLUMNS.join(', ')

/** Children that are named. */
const MAX_CHILDREN = 1000

/** One statement, so that a task that ends at this moment is seen once and whole. */
const GET = `with ${NOW},
  found as (
    select t.* from unnest($2::text[]) as x (id) cross join lateral (
      select ${COLUMNS}, null::bigint as ended_at, null::int as attempt, null as outcome,
        null as late_outcome, payload, null as result, has_children from {live} where id = x.id
      union all
      select ${COLUMNS}, ended_at, attempt, outcome, late_outcome, payload, result, has_children from {done} where id = x.id
    ) as t)
  select clock.now, found.*,
    (select json_agg(a order by a.fence)::text from {attempts} as a where a.task_id = found.id)
      as attempts,
    case when found.state = 1 then (select json_agg(parent order by n)::text from {edges}
      where child = found.id and open = 1) end as blocked_by,
    case when found.has_children = 1 then (select json_agg(child order by child)::text from (
      select child from {edges} where parent = found.id order by child limit ${MAX_CHILDREN}) as c)
      end as children
  from clock, found`

export function get(
  store: Store,
  input: Parameters<TaskStorage['get']>[0],
): Promise<(StoredTask | null)[]> {
  return store.work(async (runner) => {
    const ids = [...new Set(input.taskIds)]
    if (ids.length === 0) return []
    const rows = await runner.run<WholeRow & { now: Big }>(GET, [input.now ?? null, texts(ids)])
    const byId = new Map(rows.map((row) => [fromText(row.id), row]))
    return input.taskIds.map((id) => {
      const row = byId.get(id)
      return row === undefined ? null : toStored(row, Number(row.now))
    })
  })
}
