import type { AuditEntryJson } from '../../client/wire.ts'
import { TaskflowError } from '../../errors.ts'
import type { AuditEntry } from '../../storage/parts.ts'
import { jsonResponse } from '../headers.ts'
import { pagedList } from '../openapi/answers.ts'
import { cursor, limit, parameter, since, until } from '../openapi/parameters.ts'
import { cursorOf, nextLink } from '../query.ts'
import type { Call, Route } from '../route.ts'
import { isoInstant } from '../serialize.ts'

export const auditRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/audit',
    right: 'audit',
    doc: {
      operation: 'audit',
      summary: 'Who did what, newest first.',
      query: [
        parameter('action', 'What was done.', { type: 'string' }, { repeats: true }),
        parameter('actor', 'Who did it.'),
        parameter('task_id', 'The task it was done to.'),
        since,
        until,
        limit(100, 1000),
        cursor,
      ],
      answers: { 200: pagedList('AuditEntry', 'A page of entries.') },
    },
    handle: list,
  },
]

async function list({ app, base, query, url, now }: Call): Promise<Response> {
  const { manager } = app
  await manager.open()
  const { audit, name } = manager.storage
  if (!audit) throw new TaskflowError('configuration', `audit: the storage ${name} has none`)
  const { entries, next } = await audit.list({
    action: query.many('action'),
    actor: query.one('actor'),
    taskId: query.one('task_id')?.toLowerCase(),
    since: query.instant('since', now),
    until: query.instant('until', now),
    limit: query.integer('limit', 100, 1, 1000),
    cursor: cursorOf(query),
  })
  const response = jsonResponse(entries.map(entryJson))
  if (next !== null) {
    response.headers.set('link', nextLink(`${base}/audit`, url.search, next))
  }
  return response
}

function entryJson(entry: AuditEntry): AuditEntryJson {
  return {
    entry_id: entry.entryId,
    action: entry.action,
    task_id: entry.taskId,
    actor: entry.actor,
    timestamp: isoInstant(entry.at),
    detail: entry.detail,
  }
}
