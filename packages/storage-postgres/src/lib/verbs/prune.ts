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

/** The functions of ended tasks that are meant: `$2` are, null for all, and `$3` are not. */
const FUNCTIONS = `known (func) as (
    (select func from {done} order by func limit 1)
    union all
    select (select d.func from {done} as d where d.func > known.func order by d.func limit 1)
      from known where known.func is not null),
  meant as (
    select func from known
    where ($2::text[] is null or func = any ($2::text[])) and func <> all ($3::text[]))`

const ENDED_BEFORE = `d.func = meant.func and d.ended_at < $1::bigint and ${UNNEEDED}`

// The oldest of each function, so that what is kept longer is never scanned past.
export const OLD = `with recursive ${FUNCTIONS},
  old as materialized (
    select d.* from meant cross join lateral (
      select id, ended_at from {done} as d where ${ENDED_BEFORE}
      order by ended_at limit (select $4::int)) as d)
  select locked.id from (select id from old order by ended_at, id) as old
  cross join lateral (select id from {done} where id = old.id for update skip locked) as locked
  limit (select $4::int)`

const COUNT = `with recursive ${FUNCTIONS}
  select count(*)::float8 as deleted from meant cross join {done} as d where ${ENDED_BEFORE}`

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
  const { limit, funcNames, exceptFuncNames } = input
  const endedBefore = Math.ceil(input.endedBefore)
  const meant = [funcNames === undefined ? null : texts(funcNames), texts(exceptFuncNames ?? [])]
  if (input.dryRun === true) {
    const [row] = await store.look((looking) =>
      looking.transaction(async (runner) => {
        // Counting all that ended may take longer than a page may.
        await runner.run(`set local statement_timeout = ${store.options.timeoutMs}`)
        return runner.run<{ deleted: number }>(COUNT, [endedBefore, ...meant])
      }),
    )
    return { deleted: row?.deleted ?? 0 }
  }
  return store.transaction(async (runner) => {
    if (funcNames === undefined && exceptFuncNames === undefined) {
      await runner.run(PRUNE_AUDIT, [endedBefore])
      await runner.run('delete from {schedule_ticks} where fired_at < $1::bigint', [endedBefore])
    }
    const old = await runner.run<{ id: string }>(OLD, [endedBefore, ...meant, limit])
    const ids = texts(old.map(({ id }) => fromText(id)))
    const [row] = await runner.run<{ deleted: number }>(PRUNE, [ids])
    return { deleted: row?.deleted ?? 0 }
  })
}
