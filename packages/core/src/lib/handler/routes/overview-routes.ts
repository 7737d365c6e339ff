import type { OverviewJson } from '../../client/wire.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import { VERSION } from '../../version.ts'
import { jsonResponse } from '../headers.ts'
import { json, jsonList } from '../openapi/answers.ts'
import type { Call, Route } from '../route.ts'
import { instanceJson, metricsJson, taskJson } from '../serialize.ts'
import { scheduleCounts } from './schedule-routes.ts'

const RECENT_TASKS = 10

export const overviewRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/overview',
    right: 'read',
    doc: {
      operation: 'overview',
      summary: 'The state of it all.',
      answers: { 200: json('Overview', 'The state.') },
    },
    handle: overview,
  },
  {
    method: 'GET',
    pattern: '/instances',
    right: 'read',
    doc: {
      operation: 'instances',
      summary: 'Processes that work on this storage.',
      answers: { 200: jsonList('Instance', 'All of them, oldest first.') },
    },
    handle: instances,
  },
  {
    method: 'GET',
    pattern: '/health',
    right: 'none',
    doc: {
      operation: 'health',
      summary: 'Whether the storage answers and somebody works.',
      // Probes add what they like.
      anyQuery: true,
      answers: {
        200: json('Health', '`ok`, or `degraded`: no live instance, or hints of others are lost.'),
        503: json('Health', '`unavailable`: the storage cannot be reached.'),
      },
    },
    handle: health,
  },
]

async function instances({ app }: Call): Promise<Response> {
  return jsonResponse((await app.manager.instances()).map(instanceJson))
}

async function overview({ app, now }: Call): Promise<Response> {
  const { manager, options, startedAt } = app
  const [totals, recent, all, schedules, executorCounts] = await Promise.all([
    manager.metrics(),
    manager.list({ limit: RECENT_TASKS }),
    manager.instances(),
    scheduleCounts(manager),
    countsByExecutor(manager),
  ])
  const { retentionMs } = manager
  const body: OverviewJson = {
    scheduler: manager.running ? 'running' : 'stopped',
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    version: VERSION,
    uptime_seconds: Math.round((now - startedAt) / 1000),
    storage: manager.storage.name,
    executors: manager.executors,
    executor_counts: executorCounts,
    concurrency: manager.concurrency,
    totals: metricsJson(totals, now),
    schedules,
    recent_tasks: recent.tasks.map((task) => taskJson(task, 0)),
    instances: all.map(instanceJson),
    config: {
      title: options.title,
      header_title: options.headerTitle,
      description: options.description,
      expose_payloads: options.exposePayloads,
      read_only: options.readOnly,
      retention_seconds: retentionMs === null ? null : retentionMs / 1000,
      poll_interval_seconds: options.pollIntervalMs / 1000,
    },
  }
  return jsonResponse(body)
}

/** Every task that runs takes a slot, so there are never many. */
async function countsByExecutor(
  manager: TaskManager,
): Promise<NonNullable<OverviewJson['executor_counts']>> {
  const [functions, running] = await Promise.all([
    manager.functions(),
    manager.list({ filter: { status: ['running'] }, limit: 1_000 }),
  ])
  const names = new Set([
    ...manager.executors,
    ...[...functions, ...running.tasks].map(({ executor }) => executor),
  ])
  const count = (items: readonly { executor: string }[], name: string) =>
    items.filter(({ executor }) => executor === name).length
  return [...names].map((executor) => ({
    executor,
    functions: count(functions, executor),
    running: count(running.tasks, executor),
  }))
}

async function health({ app }: Call): Promise<Response> {
  try {
    const all = await app.manager.instances()
    const live = app.manager.running || all.some(({ state }) => state === 'running')
    return jsonResponse({ status: live && app.manager.listening ? 'ok' : 'degraded' })
  } catch {
    return jsonResponse({ status: 'unavailable' }, { status: 503 })
  }
}
