import type { NewTask } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { metaText } from '../rows.ts'
import type { Parameter } from '../runner.ts'

/** The columns of `live` that an insert fills. */
export const INSERT_COLUMNS =
  'id, func, payload, run_at, created_at, rank, priority, max_attempts, requeue, group_name, executor, source, tags, flow_id, schedule_id, idem_key, meta'

/** A batch as rows; `mixedParameters` are its parameters, from `$3` on, and more may follow. */
export function unnestTasks(more: { types: string; names: string } = { types: '', names: '' }) {
  return `unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::int[],
    $9::int[], $10::smallint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
    $16::text[], $17::text[], $18::text[]${more.types}) as x (id, func, payload, run_at, delay, priority,
    max_attempts, requeue, group_name, executor, source, tags, flow_id, schedule_id,
    idem_key, meta${more.names})`
}

/** Such a row as `INSERT_COLUMNS`. */
export const VALUES_MIXED = `x.id, x.func, x.payload, coalesce(x.run_at, now + x.delay), now,
    coalesce(x.priority, 0), x.priority, x.max_attempts, x.requeue, x.group_name, x.executor,
    x.source, x.tags, x.flow_id, x.schedule_id, x.idem_key, x.meta`

export function mixedParameters(tasks: NewTask[], metas = tasks.map(metaOfNew)): Parameter[] {
  return [
    texts(tasks.map(({ taskId }) => taskId)),
    texts(tasks.map(({ funcName }) => funcName)),
    texts(tasks.map(({ payload }) => payload)),
    numbers(tasks.map(({ runAt }) => runAt)),
    numbers(tasks.map(({ delayMs }) => delayMs ?? 0)),
    numbers(tasks.map(({ priority }) => priority)),
    numbers(tasks.map(({ maxAttempts }) => maxAttempts)),
    numbers(tasks.map(({ requeueOnInterrupt }) => (requeueOnInterrupt ? 1 : 0))),
    texts(tasks.map(({ group }) => group)),
    texts(tasks.map(({ executor }) => executor)),
    texts(tasks.map(({ source }) => source)),
    texts(tasks.map(tagsText)),
    texts(tasks.map(({ flowId }) => flowId)),
    texts(tasks.map(({ scheduleId }) => scheduleId)),
    texts(tasks.map(({ idempotencyKey }) => idempotencyKey)),
    texts(metas),
  ]
}

/** The `meta` of a task without parents. */
export function metaOfNew({ trace }: NewTask): string | null {
  return trace === undefined ? null : metaText({ trace })
}

export function tagsText({ tags }: NewTask): string | null {
  for (const _ in tags) return JSON.stringify(tags)
  return null
}

/** One text for two, so that no two pairs make the same. */
export const pairOf = (a: string, b: string) => `${a.length}:${a}${b}`
