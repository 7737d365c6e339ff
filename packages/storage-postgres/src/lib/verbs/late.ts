import type { Settlement } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { outcomeName } from '../codes.ts'
import type { Runner } from '../runner.ts'

// The end of a start that another than its owner ended: its fence went up by one there, and no
// further in a task that ended.
const NOTE = `with x as materialized (
    select * from unnest($1::text[], $2::int[], $3::text[]) as x (id, fence, outcome)),
  past as materialized (
    select x.outcome, a.at from x cross join lateral (
      select ctid as at from {attempts} where task_id = x.id and fence = x.fence and taken = 1
        and late_outcome is null for update) as a),
  last as materialized (
    select x.outcome, d.at from x cross join lateral (
      select ctid as at from {done} where id = x.id and fence = x.fence + 1 and taken = 1
        and outcome is not null and late_outcome is null for update) as d),
  noted_past as (
    update {attempts} as a set late_outcome = past.outcome from past where a.ctid = past.at
    returning a.task_id),
  noted_last as (
    update {done} as d set late_outcome = last.outcome from last where d.ctid = last.at
    returning d.func)
  insert into {functions} as f (func, late)
  select func, count(*) from (
    select func from noted_last union all
    select coalesce((select func from {live} where id = task_id),
      (select func from {done} where id = task_id)) from noted_past) as noted
  where func is not null group by func order by func
  on conflict (func) do update set late = f.late + excluded.late`

/**
 * Notes stale settlements of starts that were taken from their owner, each once. A repeat of a
 * settlement that counted is none: its owner ended that start itself.
 */
export async function noteLate(runner: Runner, stale: Settlement[]): Promise<void> {
  // Nobody's work came too late: it was never begun.
  const late = stale.filter(({ outcome }) => outcome.type !== 'unstarted')
  if (late.length === 0) return
  await runner.run(NOTE, [
    texts(late.map(({ taskId }) => taskId)),
    numbers(late.map(({ fence }) => fence)),
    texts(late.map(({ outcome }) => outcomeName(outcome))),
  ])
}
