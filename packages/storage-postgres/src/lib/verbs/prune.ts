import type { TaskStorage } from '@taskflow/core'
import { texts } from '../arrays.ts'
import { freeKeys, noteChanges } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'
import { PRUNE_AUDIT } from './audit.ts'
import { uncountDeleted } from './rollup.ts'

/** Parents of live tasks stay. */
const UNNEEDED = `(d.has_children = 0 or not exists (
      select 1 from {edges} as e where e.parent = d.id
        and (select 1 from {live} as l where l.id = e.child) is not null))`

export const OLD = `select id from {done} as d
  where ended_at < $1::bigint and ${UNNEEDED} order by ended_at, id
  limit (select $2::int) for update skip locked`

// A child may have come while its parent was locked: seen here, since this statement begins after.
export const PRUNE = `with gone as materialized (
    select id, func, state, started_at, ended_at, idem_key from {done} as d
    where id = any ($1::text[]) and ${UNNEEDED}),
  deleted as (delete from {done} where id = any (array(select id from gone))),
  attempts_gone as (delete from {attempts} where task_id = any (array(select id from gone))),
  edges_gone as (delete from {edges} where child = any (array(select id from gone))),
  children_gone as (delete from {edges} where parent = any (array(select id from gone))),
  logs_gone as (delete from {logs} where task_id = any (array(select id from gone))),
  ${freeKeys('gone', 'true')},
  ${uncountDeleted('gone')},
  ${noteChanges('select id from gone')}
  select count(*)::int as deleted from gone`

export async function prune(
  store: Store,
  input: Parameters<TaskStorage['prune']>[0],
): Promise<{ deleted: number }> {
  const { limit } = input
  const endedBefore = Math.ceil(input.endedBefore)
  if (input.dryRun === true) {
    const [row] = await store.look((runner) =>
      runner.run<{ deleted: number }>(
        `select count(*)::float8 as deleted from {done} as d
          where ended_at < $1::bigint and ${UNNEEDED}`,
        [endedBefore],
      ),
    )
    return { deleted: row?.deleted ?? 0 }
  }
  return store.transaction(async (runner) => {
    await runner.run(PRUNE_AUDIT, [endedBefore])
    await runner.run('delete from {schedule_ticks} where fired_at < $1::bigint', [endedBefore])
    const old = await runner.run<{ id: string }>(OLD, [endedBefore, limit])
    const ids = texts(old.map(({ id }) => fromText(id)))
    const [row] = await runner.run<{ deleted: number }>(PRUNE, [ids])
    return { deleted: row?.deleted ?? 0 }
  })
}
