import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { taskflow } from '@taskflow/adapter-express'
import { defineTask, TaskManager } from '@taskflow/core'
import { createClient, type TaskflowClient } from '@taskflow/core/client'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { everyStorage } from './support/storages.ts'

const quick = defineTask({
  name: 'quick',
  group: 'fast',
  run({ text = 'done' }: { text?: string }, { log }) {
    log(text)
  },
})
const odd = defineTask({ name: 'odd_name', run() {} })
const broken = defineTask({
  name: 'broken',
  run() {
    throw new Error('=1+1, "broken"\nfor good')
  },
})

describe.each(everyStorage('http'))('the HTTP API on %s, behind Express', (_, make) => {
  let folder: string
  let manager: TaskManager
  let origin: string
  let client: TaskflowClient
  let close: () => Promise<void>

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'taskflow-http-'))
    manager = new TaskManager({ tasks: [quick, odd, broken], storage: make(folder) })
    await manager.start()
    const app = express()
    app.use(express.json())
    app.use(taskflow(manager, { auth: false }))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    client = createClient({ base: `${origin}/tasks` })
    close = async () => {
      server.close()
      await manager.stop({ graceMs: 0, abortMs: 0 })
      server.closeAllConnections()
    }
  })
  afterEach(async () => {
    await close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Waits until so many tasks have ended. */
  async function ended(count: number) {
    await eventually(async () => {
      const { success, failed } = await manager.metrics()
      return success + failed
    }).toBe(count)
  }

  async function seed() {
    const tags = { tenant: 'a%b_c\\d' }
    const ok = await manager.enqueue(quick, { text: '50% of_it' }, { tags })
    const named = await manager.enqueue(odd)
    const bad = await manager.enqueue(broken)
    const later = await manager.enqueue(quick, {}, { delayMs: 3_600_000, priority: 3 })
    await ended(3)
    return { ok: ok.taskId, named: named.taskId, bad: bad.taskId, later: later.taskId }
  }

  it('filters and asks by query language alike', async () => {
    const ids = await seed()
    const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]))
    const found = async (query: Parameters<TaskflowClient['list']>[0]) =>
      (await client.list(query)).tasks.map(({ task_id }) => names.get(task_id))
    const all = ['later', 'bad', 'named', 'ok']
    expect(await found({})).toEqual(all)
    expect(await found({ q: 'status:failed' })).toEqual(['bad'])
    expect(await found({ q: '-status:failed' })).toEqual(['later', 'named', 'ok'])
    expect(await found({ q: 'task:q*k' })).toEqual(['later', 'ok'])
    expect(await found({ q: '-task:quick' })).toEqual(['bad', 'named'])
    expect(await found({ q: 'group:fast phase:scheduled' })).toEqual(['later'])
    expect(await found({ q: 'priority:>=3' })).toEqual(['later'])
    expect(await found({ q: 'error:broken duration:<1h attempt:1' })).toEqual(['bad'])
    expect(await found({ q: 'created:<1h' })).toEqual(all)
    expect(await found({ q: 'tag.tenant:"a%b_c\\\\d"' })).toEqual(['ok'])
    expect(await found({ tag: ['tenant:a%b_c\\d'] })).toEqual(['ok'])
    expect(await found({ tag: ['tenant:a%'] })).toEqual([])
    // Nothing that is special in LIKE or SQL is special here.
    expect(await found({ search: '%' })).toEqual([])
    expect(await found({ search: '_' })).toEqual(['named'])
    for (const search of ['\\', "'", '"', "' OR 1=1 --", 'q%k', '\0']) {
      expect(await found({ search })).toEqual([])
    }
    expect((await client.logs(ids.ok, { search: '%' })).total).toBe(1)
    expect((await client.logs(ids.ok, { search: '0_of' })).total).toBe(0)
    const { total, totalExact } = await client.list({ q: 'status:success task:*' })
    expect([total, totalExact]).toEqual([2, true])
  })

  it('pages through every order, with the query language too', async () => {
    await manager.enqueueMany(
      quick,
      Array.from({ length: 45 }, (__, n) => ({
        payload: {},
        options: { delayMs: 3_600_000, ...(n % 4 > 0 && { priority: n % 4 }) },
      })),
    )
    for (const sort of ['created_at', 'priority', 'end_time', 'func_name', 'status'] as const) {
      for (const order of ['asc', 'desc'] as const) {
        for (const q of ['', 'priority:>0']) {
          const seen: string[] = []
          let cursor: string | null = null
          do {
            const page = await client.list({ sort, order, q, limit: 20, ...(cursor && { cursor }) })
            seen.push(...page.tasks.map(({ task_id }) => task_id))
            cursor = page.next
          } while (cursor !== null)
          const whole = await client.list({ sort, order, limit: 1000 })
          const wanted = whole.tasks.filter(({ priority }) => q === '' || (priority ?? 0) > 0)
          expect(seen).toEqual(wanted.map(({ task_id }) => task_id))
        }
      }
    }
  })

  it('acts on many, says what became of each, and writes it down', async () => {
    const { bad, later, ok } = await seed()
    expect(await client.bulkRetry({ filter: { q: 'task:bro*' }, dry_run: true })).toMatchObject({
      dispatched: 1,
      results: [{ original_task_id: bad, new_task_id: null }],
    })
    await expect(
      client.bulkRetry({ filter: { status: ['failed'] }, expected: 5 }),
    ).rejects.toMatchObject({ status: 409, code: 'conflict' })
    const { results } = await client.bulkRetry({ filter: { status: ['failed'] }, expected: 1 })
    const retry = results[0]?.new_task_id ?? ''
    expect((await client.get(retry)).retry_of).toBe(bad)
    await ended(4)
    const again = await client.retryFailed({ since: '24h', func_name: 'broken' })
    expect(again).toMatchObject({
      dispatched: 1,
      skipped: 1,
      results: [{ original_task_id: retry }, { original_task_id: bad, reason: 'retried_before' }],
    })
    expect(await client.bulkCancel({ task_ids: [later, ok] })).toEqual({
      cancelled: 1,
      skipped: 1,
      results: [{ task_id: later }, { task_id: ok, reason: 'wrong_status' }],
    })
    const first = await client.audit({ limit: 2 })
    const rest = await client.audit({ limit: 2, cursor: first.next ?? '' })
    const entries = [...first.entries, ...rest.entries]
    expect(entries.map(({ action, task_id }) => [action, task_id])).toEqual([
      ['cancel', later],
      ['retry', retry],
      ['retry', bad],
    ])
    expect((await client.audit({ task_id: bad })).entries).toMatchObject([
      { actor: 'anonymous', detail: { new_task_id: retry } },
    ])
  })

  it('tells logs of all tasks, graphs, numbers and functions', async () => {
    const { ok, bad } = await seed()
    const logs = await client.recentLogs({ limit: 1 })
    expect(logs).toMatchObject({
      entries: [{ task_id: ok, func_name: 'quick', text: '50% of_it', n: 1 }],
    })
    expect((await client.recentLogs({ search: 'nothing' })).entries).toEqual([])
    const child = await manager.enqueue(quick, {}, { dependsOn: [bad] })
    const graph = await client.taskGraph(child.taskId)
    expect(graph.edges).toEqual([{ from: bad, to: child.taskId }])
    expect(graph.nodes.map(({ phase }) => phase)).toEqual(['blocked', 'failed'])
    const nodes = (await client.graph()).nodes.map(({ func_name, success }) => [func_name, success])
    expect(nodes).toEqual([
      ['broken', 0],
      ['odd_name', 1],
      ['quick', 1],
    ])
    const series = await client.series({ window: '5m' })
    expect(series.reduce((sum, { success }) => sum + success, 0)).toBe(2)
    // Waiting times come with the next beat.
    const waits = async () =>
      (await client.series({ window: '5m' })).filter(
        ({ p95_wait_seconds }) => p95_wait_seconds !== null,
      )
    await expect.poll(waits, { timeout: 15_000 }).not.toEqual([])
    await client.pause('quick')
    expect((await client.functions()).find((one) => one.func_name === 'quick')?.paused).toBe(true)
    await client.resume('quick')
    const text = await (await fetch(`${origin}/tasks/metrics?format=prometheus`)).text()
    expect(text).toContain('taskflow_tasks{func_name="broken",status="failed"} 1\n')
  })

  it('deletes history, what it would delete first', async () => {
    await seed()
    expect(await client.deleteHistory({ value: 1, unit: 'hour' })).toEqual({ deleted: 0 })
    await expect(client.deleteHistory({ value: 0, unit: 'day' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await manager.deleteHistory({ endedBefore: Date.now() + 60_000, funcNames: ['broken'] })
    expect((await client.metrics()).failed).toBe(0)
  })

  it('streams CSV at the pace of the reader, every row once', async () => {
    const count = 6_000
    const tags = Object.fromEntries(
      Array.from({ length: 6 }, (__, n) => [`=note ${n}`, `"${'x'.repeat(180)}", \n`]),
    )
    const options = { delayMs: 3_600_000, tags }
    await manager.enqueueMany(
      quick,
      Array.from({ length: count }, () => ({ payload: {}, options })),
    )
    let reads = 0
    const list = manager.list.bind(manager)
    manager.list = (input) => {
      reads += 1
      return list(input)
    }
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.pause()
    socket.write('GET /tasks/export.csv HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n')
    await eventually(() => reads).toBeGreaterThan(0)
    await stands(() => reads)
    expect(reads).toBeLessThan(count / 500)
    const ids = new Set<string>()
    let rest = ''
    socket.on('data', (data) => {
      rest += data.toString('latin1')
      const lines = rest.split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const id = /^([0-9a-f-]{36}),quick,/.exec(line)?.[1]
        if (id) ids.add(id)
      }
    })
    socket.resume()
    await once(socket, 'end')
    expect(ids.size).toBe(count)
  })

  it('answers what no client should send with the right refusal, and goes on', async () => {
    const raw = (method: string, path: string, body = '', headers: object = {}) =>
      new Promise<{ status: number; allow: string | undefined; text: string }>(
        (resolve, reject) => {
          const url = new URL(origin)
          const req = request(
            { host: url.hostname, port: url.port, method, path, headers: { ...headers } },
            (res) => {
              let text = ''
              res.setEncoding('utf8')
              res.on('data', (chunk) => {
                text += chunk
              })
              res.on('end', () =>
                resolve({ status: res.statusCode ?? 0, allow: res.headers.allow, text }),
              )
            },
          )
          req.on('error', reject)
          req.end(body)
        },
      )
    const json = { 'content-type': 'application/json' }
    for (const method of ['PUT', 'PATCH', 'PROPFIND']) {
      const { status, allow } = await raw(method, '/tasks')
      expect([method, status, allow]).toEqual([method, 405, 'GET, POST, HEAD'])
    }
    const override = { ...json, 'x-http-method-override': 'DELETE' }
    expect((await raw('POST', '/tasks/history?value=1&unit=day', '{}', override)).status).toBe(405)
    for (const path of ['..%2f..%2fetc%2fpasswd', '%252e%252e', '%5c..%5cx', '%00', '%zz', '%ff']) {
      expect((await raw('GET', `/tasks/dashboard/assets/${path}`)).status, path).toBe(404)
      expect((await raw('GET', `/tasks/${path}`)).status, path).toBe(404)
      expect((await raw('GET', `/tasks/${path}/logs`)).status, path).toBe(404)
    }
    for (const body of ['[]', '{"task_ids":"x"}', '{"filter":{"status":{"a":1}}}']) {
      expect((await raw('POST', '/tasks/bulk-cancel', body, json)).status, body).toBe(400)
    }
    const search = 'x'.repeat(5_000)
    expect((await raw('GET', `/tasks?search=${search.slice(0, 200)}`)).status).toBe(200)
    expect((await raw('GET', `/tasks?search=${search}`)).status).toBe(400)
    expect((await raw('GET', `/tasks?q=${search}`)).status).toBe(400)
    expect((await raw('GET', `/tasks?since=0001-01-01&until=9999-12-31`)).status).toBe(200)
    for (const query of [
      'cursor=W10',
      'cursor=WzEsMl0',
      'cursor=bnVsbA',
      'cursor=WyJhIiwiYiIsMV0',
    ]) {
      expect((await raw('GET', `/tasks?${query}`)).status, query).toBeLessThan(500)
      expect((await raw('GET', `/tasks/audit?${query}`)).status, query).toBeLessThan(500)
      expect((await raw('GET', `/tasks/logs?${query}`)).status, query).toBeLessThan(500)
    }
    expect((await raw('GET', '/tasks/health')).status).toBe(200)
  })

  it("answers the curl of the dashboard's description as it is written", async () => {
    const { bad } = await seed()
    const written = 'curl -X POST http://localhost:8000/tasks/{task_id}/retry'
    const [command = '', ...args] = written
      .replace('http://localhost:8000', origin)
      .replace('{task_id}', bad)
      .split(' ')
    const { stdout } = await promisify(execFile)(command, ['-s', ...args])
    const body = JSON.parse(stdout)
    expect(Object.keys(body)).toEqual(['task_id', 'task'])
    expect(body.task).toMatchObject({ task_id: body.task_id, func_name: 'broken', retry_of: bad })
    expect((await client.get(bad)).status).toBe('failed')
  })
})

/** Waits until a number has not grown between two looks 200 ms apart. */
async function stands(count: () => number): Promise<void> {
  let before = -1
  await expect
    .poll(
      () => {
        const still = count() === before
        before = count()
        return still
      },
      { interval: 200, timeout: 20_000 },
    )
    .toBe(true)
}
