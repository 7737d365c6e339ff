import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { FunctionJson, SeriesBucketJson } from '../client/wire.ts'
import { defineTask } from '../run/define-task.ts'
import { broken, endless, quick, testApp } from './test-app.ts'

const checked = defineTask({
  name: 'checked',
  schema: z.object({ address: z.email(), copies: z.number().default(1) }),
  run() {},
})
/** Its schema cannot be said in JSON Schema. */
const odd = defineTask({
  name: 'odd',
  schema: z.object({ at: z.date() }),
  run() {},
})

let app: Awaited<ReturnType<typeof testApp>>
beforeEach(async () => {
  app = await testApp({}, { tasks: [quick, broken, endless, checked, odd] })
})
afterEach(() => app.stop())

async function ended() {
  const ok = await app.manager.enqueue(quick, {})
  const bad = await app.manager.enqueue(broken)
  await app.until(ok.taskId, 'success')
  await app.until(bad.taskId, 'failed')
}

describe('Prometheus text', () => {
  /** Samples by name and labels; fails for lines that are none. */
  function samples(text: string): Map<string, number> {
    const found = new Map<string, number>()
    for (const line of text.trimEnd().split('\n')) {
      if (/^# (HELP|TYPE) [a-z_]+ .+$/.test(line)) continue
      const match = /^([a-z_]+(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})?) (-?[\d.e+-]+)$/.exec(
        line,
      )
      expect(match, line).not.toBeNull()
      found.set(match?.[1] ?? '', Number(match?.[2]))
    }
    return found
  }

  it('counts by function and status, and tells durations, instances and what came late', async () => {
    await ended()
    const { taskId } = await app.manager.enqueue(endless)
    await app.until(taskId, 'running')
    const response = await app.call('GET', '/metrics?format=prometheus')
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const found = samples(await response.text())
    expect(found.get('taskflow_tasks{func_name="quick",status="success"}')).toBe(1)
    expect(found.get('taskflow_tasks{func_name="broken",status="failed"}')).toBe(1)
    expect(found.get('taskflow_tasks{func_name="endless",status="running"}')).toBe(1)
    expect(found.get('taskflow_pending_tasks{func_name="quick",phase="queued"}')).toBe(0)
    expect(
      found.get('taskflow_task_duration_seconds{func_name="quick",quantile="0.95"}'),
    ).toBeGreaterThanOrEqual(0)
    expect(found.has('taskflow_task_duration_seconds{func_name="broken",quantile="0.5"}')).toBe(
      false,
    )
    expect(found.get('taskflow_late_settlements_total')).toBe(0)
    expect(found.get('taskflow_instances{state="running"}')).toBe(1)
    const unresponsive = [...found.keys()].find((key) => key.includes('unresponsive'))
    expect(unresponsive).toContain(app.manager.instanceId)
  })

  it.each([
    ['text/plain', 'text/plain'],
    [
      'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'text/plain',
    ],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['text/html,application/xhtml+xml,text/plain;q=0.8', 'application/json'],
  ])('is what Accept: %s gets or not', async (accept, type) => {
    const response = await app.call('GET', '/metrics', { headers: { accept } })
    expect(response.headers.get('content-type')).toContain(type)
    await response.body?.cancel()
  })
})

describe('GET /metrics/series', () => {
  it('tells how tasks ended, in steps', async () => {
    await ended()
    const { body } = await app.json('GET', '/metrics/series?window=10m')
    expect(body.length).toBeGreaterThanOrEqual(10)
    const sum = (name: 'success' | 'failed') =>
      body.reduce((total: number, bucket: SeriesBucketJson) => total + bucket[name], 0)
    expect([sum('success'), sum('failed')]).toEqual([1, 1])
    const instants = body.map(({ at }: SeriesBucketJson) => Date.parse(at))
    for (const [n, at] of instants.entries()) expect(at).toBe(instants[0] + n * 60_000)
    const only = await app.json('GET', '/metrics/series?func_name=quick&window=2h&step=1h')
    expect(only.body.length).toBeLessThanOrEqual(3)
    expect(only.body.at(-1)).toMatchObject({ success: 1, failed: 0 })
  })

  it.each([
    'step=30s',
    'step=0m',
    'window=0h',
    'window=-1h',
    'window=30d',
    'window=1e9',
    'step=90s',
  ])('answers 400 to ?%s', async (query) => {
    expect((await app.json('GET', `/metrics/series?${query}`)).status).toBe(400)
  })
})

describe('GET /functions', () => {
  it('shows the JSON Schema of payloads where the library tells it', async () => {
    const { body } = await app.json('GET', '/functions')
    const schemaOf = (name: string) =>
      body.find(({ func_name }: FunctionJson) => func_name === name).schema
    expect(schemaOf('checked')).toMatchObject({
      type: 'object',
      properties: { address: { type: 'string', format: 'email' }, copies: { default: 1 } },
      required: ['address'],
    })
    expect(schemaOf('odd')).toBeNull()
    expect(schemaOf('quick')).toBeNull()
  })

  it('has numbers and the last run', async () => {
    await ended()
    const { body } = await app.json('GET', '/functions')
    const info = body.find(({ func_name }: FunctionJson) => func_name === 'quick')
    expect(info).toMatchObject({
      analytics: { total: 1, success: 1 },
      last_run: { status: 'success' },
    })
  })
})

describe('pause and resume', () => {
  const pausedOf = async (name: string) =>
    (await app.json('GET', '/functions')).body.find(
      ({ func_name }: FunctionJson) => func_name === name,
    ).paused

  it('hold a function back, are shown, and are written down once', async () => {
    expect(await app.json('POST', '/functions/quick/pause')).toMatchObject({
      status: 200,
      body: { func_name: 'quick', paused: true },
    })
    expect((await app.json('POST', '/functions/quick/pause')).status).toBe(200)
    expect(await pausedOf('quick')).toBe(true)
    const held = await app.manager.enqueue(quick, {})
    const other = await app.manager.enqueue(broken)
    await app.until(other.taskId, 'failed')
    expect((await app.manager.get(held.taskId))?.status).toBe('pending')
    expect((await app.json('POST', '/functions/quick/resume')).body.paused).toBe(false)
    await app.until(held.taskId, 'success')
    expect(await pausedOf('quick')).toBe(false)
    const { body } = await app.json('GET', '/audit')
    expect(body.map(({ action, detail }: Record<string, unknown>) => [action, detail])).toEqual([
      ['resume', { func_name: 'quick' }],
      ['pause', { func_name: 'quick' }],
    ])
  })

  it.each(['nobody', '..%2fhealth', '%00', 'a%20b', 'x'.repeat(201)])(
    'answer 404 to %s',
    async (name) => {
      expect((await app.json('POST', `/functions/${name}/pause`)).status).toBe(404)
    },
  )
})

describe('DELETE /history', () => {
  it('deletes what ended longer ago, and only counts in a dry run', async () => {
    await ended()
    const { taskId } = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    const call = (query: string) => app.json('DELETE', `/history?${query}`)
    expect((await call('value=1&unit=min')).body).toEqual({ deleted: 0 })
    const now = Date.now
    Date.now = () => now() + 120_000
    try {
      expect((await call('value=1&unit=min&dry_run=true')).body).toEqual({ deleted: 2 })
      expect((await app.manager.list()).total).toBe(3)
      expect((await call('value=1&unit=min')).body).toEqual({ deleted: 2 })
    } finally {
      Date.now = now
    }
    const { tasks } = await app.manager.list()
    expect(tasks.map((task) => task.taskId)).toEqual([taskId])
    const { body } = await app.json('GET', '/audit?action=delete_history&limit=1')
    expect(body).toMatchObject([{ task_id: null, detail: { value: 1, unit: 'min', deleted: 2 } }])
  })

  it.each([
    '',
    'value=1',
    'unit=day',
    'value=0&unit=day',
    'value=-1&unit=day',
    'value=1&unit=week',
    'value=1.5&unit=day',
    'value=1e309&unit=day',
    'value=1&value=2&unit=day',
    'value=1&unit=day&all=1',
  ])('answers 400 to ?%s', async (query) => {
    await ended()
    expect((await app.json('DELETE', `/history?${query}`)).status).toBe(400)
    expect((await app.manager.list()).total).toBe(2)
  })
})
