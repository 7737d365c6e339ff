import type { TaskDetailJson, TaskJson } from '../../client/wire.ts'
import { TaskflowError, unknownTask } from '../../errors.ts'
import type { TaskRecord } from '../../record.ts'
import type { TaskRef } from '../../run/task-queue.ts'
import { isUuid } from '../../uuid.ts'
import { onlyKeys, readJson } from '../body.ts'
import { exactTotal } from '../exact-total.ts'
import { jsonResponse } from '../headers.ts'
import { lifecycleOf } from '../lifecycle.ts'
import { payloadJson } from '../payload-json.ts'
import { encodeCursor, listInputOf } from '../query.ts'
import type { Call, Route } from '../route.ts'
import {
  analyticsJson,
  attemptJson,
  isoInstant,
  logJson,
  logLines,
  taskJson,
} from '../serialize.ts'

const DETAIL_LOGS = 1000
const RECENT_RUNS = 5
/** Parents and children that are shown, each. */
const RELATIVES = 100

export const taskRoutes: Route[] = [
  { method: 'GET', pattern: '/', right: 'read', handle: list },
  { method: 'POST', pattern: '/', right: 'run', handle: run },
  { method: 'GET', pattern: '/:task_id', right: 'read', handle: detail },
  { method: 'GET', pattern: '/:task_id/logs', right: 'read', handle: logs },
  { method: 'POST', pattern: '/:task_id/retry', right: 'retry', handle: retry },
  { method: 'POST', pattern: '/:task_id/run', right: 'run', handle: runNow },
  { method: 'POST', pattern: '/:task_id/cancel', right: 'cancel', handle: cancel },
]

async function list({ app, query, url, now }: Call): Promise<Response> {
  const input = listInputOf(query, now)
  const logCount = query.integer('logs', 20, 0, 200)
  // The position is taken first: what changes during the read is then in the stream as well.
  await app.manager.open()
  const position = await app.manager.storage.changes?.head()
  const page = await app.manager.list(input)
  const response = jsonResponse(page.tasks.map((task) => taskJson(task, logCount)))
  const total = page.totalExact ? page.total : await exactTotal(app.manager, input.filter)
  response.headers.set('x-total-count', total === null ? `${page.total}+` : `${total}`)
  if (position !== undefined) response.headers.set('x-taskflow-cursor', position)
  if (input.sort !== undefined && input.sort !== 'created_at' && !page.totalExact) {
    response.headers.set('x-sort-window', '10000')
  }
  if (page.next !== null) {
    const next = new URLSearchParams(url.search)
    next.set('cursor', encodeCursor(page.next))
    response.headers.set('link', `<${app.options.basePath || '/'}?${next}>; rel="next"`)
  }
  return response
}

async function run(call: Call): Promise<Response> {
  const { manager, options } = call.app
  const body = await readJson(call.request, options.maxBodyBytes)
  onlyKeys(body, ['func_name', 'payload', 'tags', 'priority', 'run_at', 'idempotency_key'])
  const funcName = body.get('func_name')
  if (typeof funcName !== 'string') throw invalid('func_name: expected a string')
  const ref = await manager.enqueueByName(funcName, body.get('payload'), {
    ...(body.has('tags') && { tags: tagsOf(body.get('tags')) }),
    ...(body.has('priority') && { priority: body.get('priority') as number }),
    ...(body.has('run_at') && { runAt: new Date(String(body.get('run_at'))) }),
    ...(body.has('idempotency_key') && { idempotencyKey: body.get('idempotency_key') as string }),
  })
  return action(call, ref, ref.duplicate ? 200 : 201)
}

async function detail(call: Call): Promise<Response> {
  return jsonResponse(await detailJson(call, await taskOf(call)))
}

async function logs(call: Call): Promise<Response> {
  const { query, app } = call
  const task = await taskOf(call)
  const from = query.integer('from', 1, 1, 1e9)
  const asText = query.oneOf('format', ['json', 'text']) === 'text'
  const filter = {
    taskId: task.taskId,
    stream: query.oneOf('stream', ['log', 'stdout', 'stderr']),
    level: query.oneOf('level', ['debug', 'info', 'warn', 'error']),
    search: query.one('search'),
  }
  if (asText) return logText(call, filter)
  const limit = query.integer('limit', 500, 1, 5000)
  const page = await app.manager.logs({ ...filter, from, limit })
  const response = jsonResponse(page.entries.map(logJson))
  response.headers.set('x-total-count', `${page.total}`)
  if (page.next !== null) {
    const next = new URLSearchParams(call.url.search)
    next.set('from', `${page.next}`)
    const path = `${app.options.basePath}/${task.taskId}/logs`
    response.headers.set('link', `<${path}?${next}>; rel="next"`)
  }
  return response
}

/** The whole log as a file, page by page as the client reads. */
function logText(call: Call, filter: { taskId: string }): Response {
  const { manager } = call.app
  const encoder = new TextEncoder()
  let from: number | null = 1
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (from === null) return controller.close()
      const page = await manager.logs({ ...filter, from, limit: 1000 })
      from = page.next
      const text = logLines(page.entries).join('\n')
      if (text) controller.enqueue(encoder.encode(`${text}\n`))
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${filter.taskId}.log"`,
    },
  })
}

async function retry(call: Call): Promise<Response> {
  const body = await readJson(call.request, call.app.options.maxBodyBytes)
  onlyKeys(body, ['payload'])
  const given = body.has('payload') ? { payload: body.get('payload') } : {}
  return action(call, await call.app.manager.retry(taskIdOf(call), given), 200)
}

async function runNow(call: Call): Promise<Response> {
  const taskId = taskIdOf(call)
  await call.app.manager.runNow(taskId)
  return action(call, { taskId, duplicate: false }, 200)
}

async function cancel(call: Call): Promise<Response> {
  const taskId = taskIdOf(call)
  await call.app.manager.cancel(taskId, { force: call.query.flag('force') })
  return action(call, { taskId, duplicate: false }, 200)
}

async function action(call: Call, ref: TaskRef, status: number): Promise<Response> {
  const task = await call.app.manager.get(ref.taskId)
  if (!task) throw unknownTask(ref.taskId)
  const body = {
    task_id: ref.taskId,
    task: taskJson(task, 20),
    ...(ref.duplicate && { duplicate: true }),
  }
  return jsonResponse(body, { status })
}

async function detailJson({ app }: Call, task: TaskRecord): Promise<TaskDetailJson> {
  const { manager, options } = app
  const [[metrics], recent, logPage, parents, children] = await Promise.all([
    manager.metricsOf([{ funcName: task.funcName }]),
    manager.list({ filter: { funcName: [task.funcName] }, limit: RECENT_RUNS }),
    newestLogs(app.manager, task),
    relatives(app.manager, task.dependsOn),
    relatives(app.manager, task.children),
  ])
  if (!metrics) throw new TaskflowError('internal', 'metrics: the storage gave no answer')
  return {
    ...taskJson(task, 20),
    logs: logLines(logPage),
    logs_truncated: task.logCount > logPage.length,
    stacktrace: task.stacktrace,
    ...payloadJson(task, manager.secretPaths(task.funcName), options.exposePayloads),
    attempts: task.attempts.map(attemptJson),
    lifecycle: lifecycleOf(task),
    cancel_requested_at:
      task.cancelRequestedAt === null ? null : isoInstant(task.cancelRequestedAt),
    parents,
    children,
    analytics: analyticsJson(metrics),
    recent_runs: recent.tasks.map((run) => taskJson(run, 0)),
  }
}

/** Tasks that one is tied to, in the order of their ids here. */
async function relatives(manager: Call['app']['manager'], ids: string[]): Promise<TaskJson[]> {
  const taskIds = ids.slice(0, RELATIVES)
  if (taskIds.length === 0) return []
  const { tasks } = await manager.list({ filter: { taskIds }, limit: RELATIVES })
  const byId = new Map(tasks.map((task) => [task.taskId, taskJson(task, 0)]))
  return taskIds.flatMap((id) => byId.get(id) ?? [])
}

async function newestLogs(manager: Call['app']['manager'], task: TaskRecord) {
  if (task.logCount <= task.logTail.length || !manager.storage.logs) return task.logTail
  const from = Math.max(1, task.logCount - DETAIL_LOGS + 1)
  const page = await manager.logs({ taskId: task.taskId, from, limit: DETAIL_LOGS })
  return page.entries
}

async function taskOf(call: Call): Promise<TaskRecord> {
  const taskId = taskIdOf(call)
  const task = await call.app.manager.get(taskId)
  if (!task) throw unknownTask(taskId)
  return task
}

function taskIdOf({ params }: Call): string {
  const taskId = params.task_id ?? ''
  if (!isUuid(taskId)) throw unknownTask(taskId)
  return taskId.toLowerCase()
}

function tagsOf(value: unknown): Record<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, string>
  }
  throw invalid('tags: expected an object of strings')
}

const invalid = (message: string) => new TaskflowError('invalid_input', message)
