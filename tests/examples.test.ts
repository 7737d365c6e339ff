import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { eventually } from './support/eventually.ts'
import { endApps, startAppProcess } from './support/install/app-process.ts'
import { root, run } from './support/install/pack.ts'
import { type ApiTask, signIn, success, visitor } from './support/install/session.ts'

// Examples are processes of their own, used over HTTP as their READMEs say.
// Each test starts up to two of them, perhaps on a busy machine.
vi.setConfig({ testTimeout: 180_000 })

const folders: string[] = []
afterEach(async () => {
  await endApps()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function example(name: string, env: Record<string, string> = {}) {
  return startAppProcess(join(root, 'examples', name), ['src/main.ts'], env)
}

function temporaryFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskflow-example-'))
  folders.push(folder)
  return join(folder, name)
}

/** A database without tables, on the server that the tests have. */
async function newDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'))
  const name = `example_${randomBytes(6).toString('hex')}`
  const sql = postgres(url.href, { max: 1 })
  await sql.unsafe(`create database ${name}`).finally(() => sql.end())
  url.pathname = `/${name}`
  return url.href
}

function post(url: string, body?: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

/** Posts to a route of an example that enqueues a task. */
async function enqueue(url: string, body?: unknown): Promise<{ taskId: string }> {
  const response = await post(url, body)
  expect(response.status).toBe(202)
  return (await response.json()) as { taskId: string }
}

describe('the example', () => {
  it('express-sqlite tries again, writes once, and keeps its tasks over a restart', async () => {
    const env = { DATABASE: temporaryFile('tasks.db') }
    const first = await example('express-sqlite', env)
    const signup = { email: 'ada@example.com' }
    const { taskId } = await enqueue(`${first.origin}/signup`, signup)
    const welcomed = await success(await signIn(first.origin), taskId)
    expect(welcomed.attempts_made).toBe(2)
    expect(await enqueue(`${first.origin}/signup`, signup)).toEqual({ taskId })
    expect(await first.end('SIGTERM')).toBe(0)

    const second = await example('express-sqlite', env)
    expect((await success(await signIn(second.origin), taskId)).task_id).toBe(taskId)
  })

  it('hono-postgres shows the same in two instances', async () => {
    const env = { DATABASE_URL: await newDatabase() }
    const [one, two] = [await example('hono-postgres', env), await example('hono-postgres', env)]
    const { taskId } = await enqueue(`${one.origin}/reports/2026-05`)
    // A session holds on both.
    const get = await signIn(one.origin)
    const task = await success(async (path) => get(path, two.origin), taskId)
    expect(task.logs.join()).toContain('Counting summary of 2026-05')
    expect([await one.end('SIGTERM'), await two.end('SIGTERM')]).toEqual([0, 0])
  })

  it('koa runs what a request enqueued, and has a schedule', async () => {
    const app = await example('koa', { DATABASE: temporaryFile('tasks.db') })
    const { taskId } = await enqueue(`${app.origin}/resize/sea.jpg?width=640`)
    const get = await signIn(app.origin)
    expect((await success(get, taskId)).logs.join()).toContain('Making sea.jpg 640 pixels wide')
    const schedules = (await (await get('/tasks/schedules')).json()) as { func_name: string }[]
    expect(schedules.map(({ func_name }) => func_name)).toEqual(['clean_up'])
    expect(await app.end('SIGTERM')).toBe(0)
  })

  it('plain-node answers without a framework', async () => {
    const app = await example('plain-node')
    const greeted = await fetch(`${app.origin}/greetings`, { method: 'POST' })
    const taskId = (await greeted.text()).trim()
    expect((await success(await signIn(app.origin), taskId)).logs.join()).toContain('Hello, Ann')
    expect(await (await signIn(app.origin))('/tasks/dashboard')).toMatchObject({ status: 200 })
  })

  it('custom-auth lets in its own users', async () => {
    const app = await example('custom-auth')
    const get = await signIn(app.origin, 'ann@example.com')
    expect((await fetch(`${app.origin}/tasks`)).status).toBe(401)
    const greeted = async () => ((await (await get('/tasks')).json()) as ApiTask[])[0]?.status
    await eventually(greeted).toBe('success')
  })

  it('cpu-threads answers while it computes', async () => {
    const app = await example('cpu-threads')
    const { taskId } = await enqueue(`${app.origin}/hashes/taskflow`)
    const task = await success(visitor(app.origin), taskId)
    expect(task).toMatchObject({
      executor: 'thread',
      result: { hash: expect.stringMatching(/^0000[0-9a-f]{60}$/) },
    })
    expect(await app.end('SIGTERM')).toBe(0)
  })

  it('opentelemetry prints the spans of a run in the trace of its request', async () => {
    const app = await example('opentelemetry')
    await enqueue(`${app.origin}/orders`)
    await eventually(app.output).toContain('run send_receipt')
    const traces = async () =>
      new Set([...app.output().matchAll(/traceId: '(\w+)'/g)].map(([, id]) => id)).size
    expect(await traces()).toBe(1)
  })

  it('zod-valibot-arktype checks payloads with each library', async () => {
    const { origin } = await example('zod-valibot-arktype')
    for (const [func_name, payload, result, wrong] of [
      ['send_email', { to: 'ada@example.com' }, 'Hello to ada@example.com', { to: 'nobody' }],
      ['charge_card', { amount: 9.5, currency: 'EUR' }, '9.50 EUR', { amount: 0, currency: 'EUR' }],
      ['make_report', { month: '2026-05', pages: 3 }, '2026-05: 3 pages', { month: 'May' }],
    ]) {
      const accepted = await post(`${origin}/tasks`, { func_name, payload })
      expect(accepted.status).toBe(201)
      const { task_id } = (await accepted.json()) as ApiTask
      expect((await success(visitor(origin), task_id)).result).toBe(result)
      expect((await post(`${origin}/tasks`, { func_name, payload: wrong })).status).toBe(422)
    }
  })

  it('flows makes an album', async () => {
    const cwd = join(root, 'examples/flows')
    const { code, stdout } = await run(process.execPath, ['src/main.ts'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain('Summer: 2 photos')
  })

  it('custom-storage finds what an earlier run left', async () => {
    const cwd = join(root, 'examples/custom-storage')
    const file = temporaryFile('tasks.jsonl')
    for (const runs of [1, 2]) {
      const { code, stdout } = await run(process.execPath, ['src/main.ts', file], { cwd })
      expect(code).toBe(0)
      expect(stdout.match(/ success Hello, Ann$/gm)).toHaveLength(runs)
    }
  })
})

describe('every example', () => {
  const examples = readdirSync(join(root, 'examples'))

  it.each(examples)('%s has a README that says how to start it', (name) => {
    const readme = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')
    expect(readme).toMatch(/^(npm (start|run \w+)|npx vitest run|[A-Z]+=\d+ npm start)/m)
  })
})
