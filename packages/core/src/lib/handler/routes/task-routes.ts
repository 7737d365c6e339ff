import { parseInstant } from '../../client/query-language/fields.ts'
import { TaskflowError } from '../../errors.ts'
import { actionAnswer } from '../action-answer.ts'
import { audit } from '../audit.ts'
import { readBody } from '../body.ts'
import { jsonResponse } from '../headers.ts'
import { json } from '../openapi/answers.ts'
import { flagged } from '../openapi/parameters.ts'
import { object, tags, text } from '../openapi/shapes.ts'
import type { Call, Route } from '../route.ts'
import { runStatusJson } from '../serialize.ts'
import { detailJson } from '../task-detail.ts'
import { taskIdOf, taskOf } from '../task-of.ts'

export const taskRoutes: Route[] = [
  {
    method: 'POST',
    pattern: '/',
    right: 'run',
    doc: {
      operation: 'run',
      summary: 'Runs a function by name, outside of any schedule.',
      body: {
        type: 'object',
        properties: {
          func_name: text,
          payload: {},
          tags,
          priority: { type: ['integer', 'null'] },
          run_at: { type: 'string', format: 'date-time' },
          idempotency_key: { type: 'string', minLength: 1, maxLength: 500 },
        },
        required: ['func_name'],
        additionalProperties: false,
      },
      answers: {
        201: json('Action', 'The new task.'),
        200: json('Action', 'The task that holds the idempotency key, with `duplicate: true`.'),
      },
    },
    handle: run,
  },
  {
    method: 'GET',
    pattern: '/:task_id',
    right: 'read',
    doc: {
      operation: 'get',
      summary: 'One task, whole.',
      answers: { 200: json('TaskDetail', 'The task.') },
    },
    handle: detail,
  },
  {
    method: 'GET',
    pattern: '/:task_id/status',
    right: 'read',
    runToken: true,
    doc: {
      operation: 'status',
      summary: 'How far one task is, and nothing of what it works on.',
      answers: { 200: json('RunStatus', 'Status and progress.') },
    },
    handle: async (call) => jsonResponse(runStatusJson(await taskOf(call))),
  },
  {
    method: 'POST',
    pattern: '/:task_id/retry',
    right: 'retry',
    doc: {
      operation: 'retry',
      summary: 'Runs a failed, interrupted or cancelled task again, as a new one.',
      body: object<{ payload: unknown }>({ payload: {} }, ['payload']),
      answers: { 200: json('Action', 'The new task, or an earlier retry that stands.') },
    },
    handle: retry,
  },
  {
    method: 'POST',
    pattern: '/:task_id/run',
    right: 'run',
    doc: {
      operation: 'runNow',
      summary: 'Makes a scheduled or retrying task due now.',
      answers: { 200: json('Action', 'The task.') },
    },
    handle: runNow,
  },
  {
    method: 'POST',
    pattern: '/:task_id/cancel',
    right: 'cancel',
    doc: {
      operation: 'cancel',
      summary: 'Cancels a pending task, asks a running one to stop.',
      query: [flagged('force', 'Ends a running task that was asked to stop and did not.')],
      answers: { 200: json('Action', 'The task, which may still be running.') },
    },
    handle: cancel,
  },
]

async function run(call: Call): Promise<Response> {
  const body = await readBody(call)
  const funcName = body.get('func_name') as string
  const ref = await call.app.manager.enqueueByName(funcName, body.get('payload'), {
    ...(body.has('tags') && { tags: body.get('tags') as Record<string, string> }),
    ...(typeof body.get('priority') === 'number' && { priority: body.get('priority') as number }),
    ...(body.has('run_at') && { runAt: instantOf(body.get('run_at') as string) }),
    ...(body.has('idempotency_key') && { idempotencyKey: body.get('idempotency_key') as string }),
  })
  if (!ref.duplicate) {
    const detail = { func_name: funcName, source: 'adhoc' }
    await audit(call, { action: 'run', taskId: ref.taskId, detail })
  }
  return actionAnswer(call, ref, ref.duplicate ? 200 : 201)
}

async function detail(call: Call): Promise<Response> {
  return jsonResponse(await detailJson(call.app, await taskOf(call)))
}

async function retry(call: Call): Promise<Response> {
  const taskId = taskIdOf(call)
  const body = await readBody(call)
  const given = body.has('payload') ? { payload: body.get('payload') } : {}
  const ref = await call.app.manager.retry(taskId, given)
  if (!ref.duplicate) {
    await audit(call, { action: 'retry', taskId, detail: { new_task_id: ref.taskId } })
  }
  return actionAnswer(call, ref)
}

async function runNow(call: Call): Promise<Response> {
  const taskId = taskIdOf(call)
  await call.app.manager.runNow(taskId)
  await audit(call, { action: 'run', taskId })
  return actionAnswer(call, { taskId })
}

async function cancel(call: Call): Promise<Response> {
  const taskId = taskIdOf(call)
  const force = call.query.flag('force')
  await call.app.manager.cancel(taskId, { force })
  await audit(call, { action: 'cancel', taskId, ...(force && { detail: { force } }) })
  return actionAnswer(call, { taskId })
}

function instantOf(text: string): Date {
  const at = parseInstant(text)
  if (at !== null) return new Date(at)
  throw new TaskflowError('invalid_input', 'body: run_at: expected an ISO 8601 instant')
}
