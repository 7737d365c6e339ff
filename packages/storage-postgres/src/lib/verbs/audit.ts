import type { AuditEntry, AuditQuery, AuditStorage } from '@taskflow/core'
import { texts } from '../arrays.ts'
import type { Big } from '../rows.ts'
import type { Parameter } from '../runner.ts'
import { NOW } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'
import { parseCursor } from './cursor.ts'

/** The newest entries stay, however old they are. */
const KEPT = 1000

const APPEND = `with ${NOW}
  insert into {audit} (id, at, action, actor, task_id, detail)
  select x.id, clock.now, x.action, x.actor, x.task_id, x.detail from clock,
    unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
      as x (id, action, actor, task_id, detail)
  on conflict (id) do nothing`

/** Deletes entries from before `$1` but for the newest. */
export const PRUNE_AUDIT = `delete from {audit} where at < $1::bigint
    and (at, id) < (select at, id from {audit} order by at desc, id desc offset ${KEPT - 1} limit 1)`

export async function appendAudit(
  store: Store,
  input: Parameters<AuditStorage['append']>[0],
): Promise<void> {
  const { entries } = input
  if (entries.length === 0) return
  await store.work((runner) =>
    runner.run(APPEND, [
      input.now ?? null,
      texts(entries.map(({ entryId }) => entryId)),
      texts(entries.map(({ action }) => action)),
      texts(entries.map(({ actor }) => actor)),
      texts(entries.map(({ taskId }) => taskId)),
      texts(entries.map(({ detail }) => JSON.stringify(detail))),
    ]),
  )
}

interface AuditRow {
  id: string
  at: Big
  action: string
  actor: string
  task_id: string | null
  detail: string
}

export async function listAudit(
  store: Store,
  query: AuditQuery,
): Promise<{ entries: AuditEntry[]; next: string | null }> {
  const conditions: string[] = []
  const parameters: Parameter[] = []
  const add = (condition: (place: string) => string, value: Parameter) => {
    parameters.push(value)
    conditions.push(condition(`$${parameters.length}`))
  }
  const { action, actor, taskId, since, until, limit, cursor } = query
  if (action !== undefined) add((place) => `action = any (${place}::text[])`, texts(action))
  if (actor !== undefined) add((place) => `actor = ${place}`, toText(actor))
  if (taskId !== undefined) add((place) => `task_id = ${place}`, toText(taskId))
  if (since !== undefined) add((place) => `at >= ${place}::bigint`, Math.ceil(since))
  if (until !== undefined) add((place) => `at < ${place}::bigint`, Math.ceil(until))
  if (cursor !== undefined) {
    const [at, id] = parseCursor<[number, string]>(
      cursor,
      ([at, id]) => Number.isSafeInteger(at) && typeof id === 'string',
    )
    add((place) => `(at, id) < (${at}, ${place})`, toText(id))
  }
  parameters.push(limit + 1)
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
  const rows = await store.look((runner) =>
    runner.run<AuditRow>(
      `select * from {audit} ${where} order by at desc, id desc limit $${parameters.length}::int`,
      parameters,
    ),
  )
  const entries = rows.slice(0, limit).map(toEntry)
  const last = entries.at(-1)
  const next = last && rows.length > limit ? JSON.stringify([last.at, last.entryId]) : null
  return { entries, next }
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    entryId: fromText(row.id),
    at: Number(row.at),
    action: fromText(row.action),
    actor: fromText(row.actor),
    taskId: fromText(row.task_id),
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  }
}
