import type { AuditEntry, AuditQuery, AuditStorage } from '@taskflow/core'
import type { Session } from '../session.ts'
import { fromText, toText } from '../text.ts'
import { invalidCursor, parseCursor } from './cursor.ts'

/** The newest entries stay, however old they are. */
const KEPT = 1000

interface AuditRow {
  id: string
  at: number
  action: string
  task: string | null
  actor: string
  detail: string
}

export function appendAudit(
  session: Session,
  input: Parameters<AuditStorage['append']>[0],
  now: number,
): void {
  const put = session.sql(`insert into {audit} (id, at, action, task, actor, detail)
    values (?, ?, ?, ?, ?, ?) on conflict (id) do nothing`)
  for (const { entryId, action, taskId, actor, detail } of input.entries) {
    put.run(entryId, now, toText(action), taskId, toText(actor), JSON.stringify(detail))
  }
}

export function listAudit(
  session: Session,
  query: AuditQuery,
): Awaited<ReturnType<AuditStorage['list']>> {
  const { action, actor, taskId, since, until, limit } = query
  const conditions = ['true']
  const params: unknown[] = []
  const add = (condition: string, ...values: unknown[]) => {
    conditions.push(condition)
    params.push(...values)
  }
  if (action !== undefined) {
    add(
      'action in (select value from json_each(?))',
      JSON.stringify(action.map((each) => toText(each))),
    )
  }
  if (actor !== undefined) add('actor = ?', toText(actor))
  if (taskId !== undefined) add('task = ?', taskId)
  if (since !== undefined) add('at >= ?', since)
  if (until !== undefined) add('at < ?', until)
  if (query.cursor !== undefined) {
    const [at, id] = parseCursor(query.cursor)
    if (typeof at !== 'number') throw invalidCursor()
    add('(at, id) < (?, ?)', at, id)
  }
  const rows = session
    .sql(
      `select * from {audit} where ${conditions.join(' and ')} order by at desc, id desc limit ?`,
    )
    .all(...params, limit + 1) as AuditRow[]
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const isLast = last === undefined || rows.length <= limit
  return { entries: page.map(toEntry), next: isLast ? null : JSON.stringify([last.at, last.id]) }
}

/** Deletes old entries. */
export function pruneAudit(session: Session, before: number): void {
  session
    .sql(`delete from {audit} where at < ? and (at, id) < (
      select at, id from {audit} order by at desc, id desc limit 1 offset ${KEPT - 1})`)
    .run(before)
}

function toEntry({ id, at, action, task, actor, detail }: AuditRow): AuditEntry {
  return {
    entryId: id,
    at,
    action: fromText(action),
    taskId: task,
    actor: fromText(actor),
    detail: JSON.parse(detail) as Record<string, unknown>,
  }
}
