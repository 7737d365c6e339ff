import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHandler, TaskManager, type TaskSummary } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { PAGE_QUERIES, type PageQuery } from '../measures.ts'
import { percentile } from '../statistics.ts'
import { QUEUE_NAME } from '../systems/queue.ts'
import { makeStorage } from '../systems/taskflow.ts'
import type { Context, Values } from './context.ts'

const PAGE = 100
const DAY_MS = 86_400_000

/**
 * What the dashboard asks for, over a socket, with finished rows behind it: from the request to the
 * last byte of the answer. The first call of each counts too.
 */
export async function pages({ system, place, settings }: Context): Promise<Values> {
  const kind = system === 'taskflow-postgres' ? 'postgres' : 'sqlite'
  const manager = new TaskManager({
    tasks: [],
    storage: await makeStorage(kind, place),
    concurrency: 0,
  })
  const handler = createHandler(manager, { auth: false, onWarning: () => {} })
  const server = createServer(nodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks`
  const [newest] = (await manager.list({ limit: 1 })).tasks
  if (!newest) throw new Error('expected finished tasks, found none')
  const first = await fetch(`${base}?limit=${PAGE}`)
  await first.text()
  const next = /[?&]cursor=([^&>]+)/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const paths = pathsOf(newest, next)
  const values: Values = {}
  let worst = 0
  for (const query of PAGE_QUERIES) {
    const [p50, p95] = [`pages-${query}-p50`, `pages-${query}-p95`] as const
    try {
      const times: number[] = []
      for (let i = 0; i < settings.listCalls; i++) times.push(await timeOf(base + paths[query]))
      values[p50] = percentile(times, 50)
      values[p95] = percentile(times, 95)
      worst = Math.max(worst, percentile(times, 95))
    } catch (error) {
      // A few rows may have nothing that matches: the others are measured all the same.
      values[p50] = values[p95] = (error as Error).message
    }
  }
  server.close()
  server.closeAllConnections()
  await manager.stop({ graceMs: 0, abortMs: 0 })
  return { ...values, 'pages-worst': worst }
}

async function timeOf(url: string): Promise<number> {
  const start = performance.now()
  const response = await fetch(url)
  const body = await response.text()
  const elapsed = performance.now() - start
  if (response.status !== 200 || body === '[]') {
    throw new Error(`expected an answer with something in it, got ${response.status}`)
  }
  return elapsed
}

function pathsOf(newest: TaskSummary, cursor: string): Record<PageQuery, string> {
  const since = newest.createdAt - 3 * DAY_MS
  const iso = (at: number) => new Date(at).toISOString()
  const list = (query: string) => `?limit=${PAGE}&${query}`
  return {
    list: list('logs=20'),
    'next-page': list(`cursor=${cursor}`),
    status: list('status=failed'),
    function: list(`func_name=${QUEUE_NAME}`),
    'function-and-status': list(`func_name=${QUEUE_NAME}&status=success`),
    group: list('group=group_3'),
    flow: list('flow_id=flow-0'),
    schedule: list('schedule_id=schedule_3'),
    tag: list('tag=customer:c3'),
    'id-prefix': list(`search=${newest.taskId.slice(0, 13)}`),
    'time-range': list(`since=${iso(since)}&until=${iso(since + DAY_MS)}`),
    metrics: '/metrics',
    'metrics-function': `/metrics?func_name=${QUEUE_NAME}`,
    'metrics-day': '/metrics?since=24h',
  }
}
