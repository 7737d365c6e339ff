import type { OverviewJson } from '../../client/wire.ts'
import { TaskflowError } from '../../errors.ts'
import { VERSION } from '../../version.ts'
import { jsonResponse } from '../headers.ts'
import type { Call, Route } from '../route.ts'
import { functionJson, instanceJson, metricsJson, taskJson } from '../serialize.ts'

const RECENT_TASKS = 10

export const numberRoutes: Route[] = [
  { method: 'GET', pattern: '/metrics', right: 'read', handle: metrics },
  { method: 'GET', pattern: '/functions', right: 'read', handle: functions },
  { method: 'GET', pattern: '/instances', right: 'read', handle: instances },
  { method: 'GET', pattern: '/overview', right: 'read', handle: overview },
  { method: 'GET', pattern: '/health', right: 'none', handle: health },
]

async function metrics({ app, query, now }: Call): Promise<Response> {
  const numbers = await app.manager.metrics({
    funcName: query.one('func_name'),
    since: query.instant('since', now),
  })
  return jsonResponse(metricsJson(numbers, now))
}

async function functions({ app }: Call): Promise<Response> {
  const { manager } = app
  const known = await manager.functions()
  const [numbers, last] = await Promise.all([
    manager.metricsOf(known.map(({ funcName }) => ({ funcName }))),
    Promise.all(
      known.map(({ funcName }) => manager.list({ filter: { funcName: [funcName] }, limit: 1 })),
    ),
  ])
  return jsonResponse(
    known.map((info, i) => {
      const own = numbers[i]
      if (!own) throw new TaskflowError('internal', 'metrics: the storage gave no answer')
      return functionJson(info, own, last[i]?.tasks[0])
    }),
  )
}

async function instances({ app }: Call): Promise<Response> {
  return jsonResponse((await app.manager.instances()).map(instanceJson))
}

async function overview({ app, now }: Call): Promise<Response> {
  const { manager, options, startedAt } = app
  const [totals, recent, all] = await Promise.all([
    manager.metrics(),
    manager.list({ limit: RECENT_TASKS }),
    manager.instances(),
  ])
  const { retentionMs } = manager
  const body: OverviewJson = {
    scheduler: manager.running ? 'running' : 'stopped',
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    version: VERSION,
    uptime_seconds: Math.round((now - startedAt) / 1000),
    storage: manager.storage.name,
    executors: manager.executors,
    concurrency: manager.concurrency,
    totals: metricsJson(totals, now),
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

async function health({ app }: Call): Promise<Response> {
  try {
    const all = await app.manager.instances()
    const live = app.manager.running || all.some(({ state }) => state === 'running')
    return jsonResponse({ status: live ? 'ok' : 'degraded' })
  } catch {
    return jsonResponse({ status: 'unavailable' }, { status: 503 })
  }
}
