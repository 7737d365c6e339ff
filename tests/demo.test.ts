import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, startDemo, temporaryStorage } from './support/demo-process.ts'
import { accepted, allEnd, post, problem, reaches, read, type Task } from './support/shop-client.ts'

afterEach(cleanUp)

describe.each(['express', 'hono', 'koa'])('the demo on %s', (framework) => {
  it('takes orders over HTTP, runs them, stops on SIGTERM and goes on at the next start', async () => {
    const args = ['--framework', framework, '--storage', temporaryStorage()]
    const demo = await startDemo(args)
    const { origin } = demo
    expect(demo.dashboard).toBe(`${origin}/tasks/dashboard`)
    expect(demo.stdout()).toContain(`on ${framework}, sqlite:`)
    expect(demo.stdout()).toContain('this machine only')

    const home = await fetch(origin)
    expect(home.headers.get('content-type')).toMatch(/^text\/html/)
    expect(await home.text()).toContain('href="/tasks/dashboard"')

    const mail = await accepted(origin, '/signup', { email: 'ada@example.com' })
    await reaches(origin, mail, 'success')
    expect((await read<Task>(origin, `/tasks/${mail}`)).func_name).toBe('send_welcome_email')

    const invoice = await accepted(origin, '/orders', {
      items: ['mug', { sku: 'shirt', quantity: 2 }],
    })
    await reaches(origin, invoice, 'success')
    const names = (await read<Task[]>(origin, '/tasks')).map((task) => task.func_name)
    expect(names).toEqual(
      expect.arrayContaining(['generate_invoice', 'reserve_stock', 'send_order_confirmation']),
    )

    const exported = await accepted(origin, '/exports', { seconds: 0.2 })
    await reaches(origin, exported, 'success')
    const hook = await accepted(origin, '/webhooks/flaky', '')
    expect((await read<Task>(origin, `/tasks/${hook}`)).func_name).toBe('flaky_webhook')

    const slow = await accepted(origin, '/exports', { seconds: 600 })
    await reaches(origin, slow, 'running')
    expect(await demo.end('SIGTERM')).toMatchObject({ code: 0, signal: null })
    expect(demo.stderr()).toBe('')

    // What could not end in time was handed back, and the next start takes it up.
    const next = await startDemo(args)
    await reaches(next.origin, slow, 'running')
  })

  it('refuses bad input by name, never with a 500, and stores nothing of it', async () => {
    const { origin } = await startDemo(['--framework', framework, '--storage', 'memory'])
    const refused = { status: 422, code: 'invalid_payload', issues: 1 }
    const malformed = { status: 400, code: 'invalid_input' }
    for (const path of ['/signup', '/orders', '/webhooks/flaky', '/exports']) {
      expect(await problem(await post(origin, path, '{"email":'))).toEqual(malformed)
      expect(await problem(await post(origin, path, '[]'))).toEqual(refused)
    }
    expect(await problem(await post(origin, '/signup', { email: 'nobody' }))).toEqual(refused)
    expect(await problem(await post(origin, '/orders', { items: [] }))).toEqual(refused)
    expect(await problem(await post(origin, '/exports', { seconds: 'ten' }))).toEqual(refused)
    expect(await problem(await post(origin, '/exports', { seconds: -1 }))).toEqual(refused)
    const huge = { items: ['x'.repeat(1_000_000)] }
    expect(await problem(await post(origin, '/orders', huge))).toEqual({
      status: 413,
      code: 'too_large',
    })
    expect(await read<Task[]>(origin, '/tasks?source=manual&source=adhoc')).toEqual([])
  })
})

describe('the demo', () => {
  it('answers bad requests below /tasks as its API says', async () => {
    const { origin } = await startDemo(['--storage', 'memory'])
    const unknown = await post(origin, '/tasks', { func_name: 'no_such_task', payload: {} })
    expect(await problem(unknown)).toEqual({ status: 409, code: 'unknown_function' })
    const wrong = { func_name: 'send_welcome_email', payload: { email: 'nobody' } }
    const payload = await post(origin, '/tasks', wrong)
    expect(await problem(payload)).toEqual({ status: 422, code: 'invalid_payload', issues: 1 })
    expect(await problem(await post(origin, '/tasks', '{'))).toMatchObject({ status: 400 })
    const missing = '/tasks/01900000-0000-7000-8000-000000000000'
    expect(await problem(await fetch(`${origin}${missing}`))).toMatchObject({ status: 404 })
    expect(await problem(await post(origin, `${missing}/retry`, {}))).toMatchObject({ status: 404 })

    const running = await accepted(origin, '/exports', { seconds: 60 })
    await reaches(origin, running, 'running')
    const early = await post(origin, `/tasks/${running}/retry`, {})
    expect(await problem(early)).toEqual({ status: 400, code: 'invalid_input' })
    expect((await read<Task>(origin, `/tasks/${running}`)).status).toBe('running')
  })

  it('runs tasks in threads and processes', async () => {
    const { origin, end, stderr } = await startDemo(['--storage', 'memory'])
    const start = async (func_name: string, payload: unknown) => {
      const response = await post(origin, '/tasks', { func_name, payload })
      const { task_id } = (await response.json()) as { task_id: string }
      await reaches(origin, task_id, 'success')
      return read<Task & { executor: string; logs: string[] }>(origin, `/tasks/${task_id}`)
    }
    expect(await start('render_thumbnail', { article: 'mug', size: 32 })).toMatchObject({
      executor: 'thread',
      result: { bytes: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      logs: [expect.stringContaining('Drew 32 × 32 pixels of the mug')],
    })
    const { executor, logs } = await start('print_catalogue', { articles: ['notebook'] })
    expect(executor).toBe('process')
    const text = logs.join('\n')
    expect(text).toContain('layout: 1 pages, process')
    expect(text).toContain('layout: "notebook" does not fit on its line')
    expect(await end('SIGTERM')).toMatchObject({ code: 0, signal: null })
    expect(stderr()).toBe('')
  })

  it('makes its own traffic', async () => {
    const { origin, stdout } = await startDemo(['--storage', 'memory'], { TASKFLOW_TRAFFIC: '50' })
    expect(stdout()).toContain('50 sample tasks a second')
    const count = async () => (await read<Task[]>(origin, '/tasks')).length
    await expect.poll(count, { timeout: 10_000 }).toBeGreaterThan(20)
  })

  it('asks for a login with --auth, and not without', async () => {
    const demo = await startDemo(['--storage', 'memory', '--auth', 'admin:secret'])
    expect(demo.stdout()).not.toContain('No password')
    expect(demo.stdout()).not.toContain('secret')
    expect((await fetch(`${demo.origin}/tasks`)).status).toBe(401)
    const page = await fetch(demo.dashboard, { redirect: 'manual' })
    expect(page.status).toBe(303)
    expect(page.headers.get('location')).toMatch(/^\/tasks\/auth\/login/)

    const login = `${demo.origin}/tasks/auth/login`
    const wrong = await post(demo.origin, '/tasks/auth/login', { username: 'admin', password: 'x' })
    expect(wrong.status).toBe(401)
    const right = await fetch(login, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ username: 'admin', password: 'secret' }),
    })
    const cookie = right.headers.getSetCookie().map((one) => one.split(';')[0])
    const tasks = await fetch(`${demo.origin}/tasks`, { headers: { cookie: cookie.join('; ') } })
    expect(tasks.status).toBe(200)
  })

  it('answers whoever comes while it still opens its storage', async () => {
    const args = ['--storage', temporaryStorage()]
    const { origin, end } = await startDemo(args)
    await end('SIGTERM')
    const next = startDemo(['--port', new URL(origin).port, ...args])
    let early: Response | null = null
    while (!early) {
      early = await fetch(`${origin}/tasks/health`).catch(() => null)
      await setTimeout(1)
    }
    expect(early.status).toBe(200)
    await next
  })

  it('loses no accepted task to SIGKILL in mid-queue', async () => {
    const storage = temporaryStorage()
    const first = await startDemo(['--storage', storage])
    const requests = Array.from({ length: 60 }, (_, i) =>
      accepted(first.origin, '/exports', { seconds: 0.5 + (i % 5) / 10 }),
    )
    const taskIds = await Promise.all(requests)
    const inMidQueue = async () => {
      const tasks = await read<Task[]>(first.origin, '/tasks?limit=1000&logs=0')
      const having = (status: string) => tasks.some((task) => task.status === status)
      return having('success') && having('running') && having('pending')
    }
    await expect.poll(inMidQueue, { timeout: 15_000 }).toBe(true)
    expect(await first.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })

    const second = await startDemo(['--storage', storage])
    const ended = await allEnd(second.origin, taskIds)
    expect(ended).toHaveLength(60)
    // An export may start over, so none of them ends as anything but a success.
    expect(new Set(ended.map((task) => task.status))).toEqual(new Set(['success']))
    expect(await second.end('SIGTERM')).toMatchObject({ code: 0 })
  })
})
