import type { BulkCancelJson, BulkRetryJson } from '../../client/wire.ts'
import { TaskflowError } from '../../errors.ts'
import type { TaskSummary } from '../../record.ts'
import { audit } from '../audit.ts'
import { readBody } from '../body.ts'
import { cancelAction, retryAction } from '../bulk/actions.ts'
import {
  type BulkAction,
  type BulkReport,
  type BulkResult,
  bulkByIds,
  bulkBySelection,
} from '../bulk/bulk.ts'
import { jsonResponse } from '../headers.ts'
import { json } from '../openapi/answers.ts'
import { filters, flagged, funcName, parameter } from '../openapi/parameters.ts'
import type { Schema } from '../openapi/schema.ts'
import { listOf, text } from '../openapi/shapes.ts'
import { Query } from '../query.ts'
import type { Call, Route } from '../route.ts'
import { selectionOf } from '../selection/selection.ts'

const MAX_IDS = 1000

const body: Schema = {
  type: 'object',
  description: 'Either `task_ids` or `filter`.',
  properties: {
    task_ids: { type: 'array', items: text, minItems: 1, maxItems: MAX_IDS },
    filter: {
      type: 'object',
      description: "The list's query without order and page.",
      properties: Object.fromEntries(
        filters.map(({ name, schema, description, repeats }) => [
          name,
          { description, anyOf: repeats ? [schema, listOf(schema)] : [schema] },
        ]),
      ),
      additionalProperties: false,
    },
    expected: {
      type: 'integer',
      minimum: 0,
      description: 'How many the filter should match: 409 when it is over 10 % off.',
    },
    dry_run: { type: 'boolean', description: 'Only counts.' },
  },
  additionalProperties: false,
}

export const bulkRoutes: Route[] = [
  {
    method: 'POST',
    pattern: '/bulk-retry',
    right: 'retry',
    doc: {
      operation: 'bulkRetry',
      summary: 'Retries tasks by id, or all that match a filter.',
      body,
      answers: { 200: json('BulkRetry', 'What became of them.') },
    },
    async handle(call) {
      const action = await retryAction(call.app.manager)
      return retryAnswer(await bulk(call, action, (results) => auditRetries(call, results)))
    },
  },
  {
    method: 'POST',
    pattern: '/bulk-cancel',
    right: 'cancel',
    doc: {
      operation: 'bulkCancel',
      summary: 'Cancels tasks by id, or all that match a filter.',
      body,
      answers: { 200: json('BulkCancel', 'What became of them.') },
    },
    async handle(call) {
      const action = cancelAction(call.app.manager)
      return cancelAnswer(await bulk(call, action, (results) => auditCancels(call, results)))
    },
  },
  {
    method: 'POST',
    pattern: '/retry-failed',
    right: 'retry',
    doc: {
      operation: 'retryFailed',
      summary: 'Retries all tasks that failed within a time.',
      query: [
        parameter('since', 'By when it ended: `24h`, `7d`, ISO 8601, or `all`.', text, {
          required: true,
        }),
        funcName,
        flagged('dry_run', 'Only counts.'),
      ],
      answers: { 200: json('BulkRetry', 'What became of them.') },
    },
    handle: retryFailed,
  },
]

async function bulk(
  call: Call,
  action: BulkAction,
  acted: (results: BulkResult[]) => Promise<void>,
): Promise<BulkReport> {
  const { manager } = call.app
  const given = await readBody(call)
  const dryRun = given.get('dry_run') === true
  const taskIds = given.get('task_ids') as string[] | undefined
  const filter = given.get('filter') as Record<string, string | string[]> | undefined
  const expected = given.get('expected') as number | undefined
  if ((taskIds === undefined) === (filter === undefined)) {
    throw invalid('body: expected either task_ids or filter')
  }
  if (taskIds !== undefined) {
    if (expected !== undefined) throw invalid('body: expected: expected it with a filter only')
    return bulkByIds(manager, action, taskIds, dryRun, acted)
  }
  const selection = selectionOf(queryOf(filter ?? {}), call.now)
  return bulkBySelection(manager, action, selection, { dryRun, expected }, acted)
}

async function retryFailed(call: Call): Promise<Response> {
  const { app, query, now } = call
  const since = query.required('since') === 'all' ? 0 : (query.instant('since', now) ?? 0)
  const only = query.one('func_name')
  const selection = {
    filter: { status: ['failed' as const], ...(only !== undefined && { funcName: [only] }) },
    matches: ({ endTime }: TaskSummary) => endTime !== null && endTime >= since,
  }
  const options = { dryRun: query.flag('dry_run'), expected: undefined }
  const report = await bulkBySelection(
    app.manager,
    await retryAction(app.manager),
    selection,
    options,
    (results) => auditRetries(call, results),
  )
  return retryAnswer(report)
}

/** A filter in a body as the query it stands for. */
function queryOf(filter: Record<string, string | string[]>): Query {
  const params = new URLSearchParams()
  for (const [name, values] of Object.entries(filter)) {
    for (const value of [values].flat()) params.append(name, value)
  }
  return new Query(params)
}

function retryAnswer({ done, skipped, results }: BulkReport): Response {
  const answer: BulkRetryJson = {
    dispatched: done,
    skipped,
    results: results.map(({ taskId, newTaskId = null, reason }) => ({
      original_task_id: taskId,
      new_task_id: newTaskId,
      ...(reason !== undefined && { reason }),
    })),
  }
  return jsonResponse(answer)
}

function cancelAnswer({ done, skipped, results }: BulkReport): Response {
  const answer: BulkCancelJson = {
    cancelled: done,
    skipped,
    results: results.map(({ taskId, reason }) => ({
      task_id: taskId,
      ...(reason !== undefined && { reason }),
    })),
  }
  return jsonResponse(answer)
}

function auditRetries(call: Call, results: BulkResult[]): Promise<void> {
  const done = results.filter(({ reason }) => reason === undefined)
  const entries = done.map(({ taskId, newTaskId }) => ({
    action: 'retry',
    taskId,
    detail: { new_task_id: newTaskId, bulk: true },
  }))
  return audit(call, ...entries)
}

function auditCancels(call: Call, results: BulkResult[]): Promise<void> {
  const done = results.filter(({ reason }) => reason === undefined)
  return audit(
    call,
    ...done.map(({ taskId }) => ({ action: 'cancel', taskId, detail: { bulk: true } })),
  )
}

const invalid = (message: string) => new TaskflowError('invalid_input', message)
