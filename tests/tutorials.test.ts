import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from './support/eventually.ts'
import { freePort } from './support/free-port.ts'

/** Processes that start on a busy machine take their time. */
const PATIENCE_MS = 60_000

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs the program of a tutorial as it stands on its page, but for the port. */
async function follow(page: string) {
  // Below the repository, where packages are found as if they were installed.
  const folder = mkdtempSync(join(root, 'tests/.tutorial-'))
  const port = await freePort()
  const text = readFileSync(join(root, 'docs/tutorials', page), 'utf8')
  const [, code = ''] = /^```js\n([\s\S]*?)^```$/m.exec(text) ?? []
  writeFileSync(join(folder, 'app.js'), code.replace('port: 3000', `port: ${port}`))
  const starts: ChildProcess[] = []
  onTestFinished(async () => {
    for (const child of starts) await end(child)
    rmSync(folder, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  const answers = () =>
    fetch(`${url}/tasks/health`).then(
      ({ status }) => status,
      () => 0,
    )
  return {
    url,
    async start() {
      const child = spawn(process.execPath, ['app.js'], { cwd: folder, stdio: 'ignore' })
      starts.push(child)
      await eventually(answers, PATIENCE_MS).toBe(200)
      return child
    },
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL') {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

const json = (response: Response) => response.json() as Promise<Record<string, unknown>>

describe('following a tutorial', { timeout: 240_000 }, () => {
  it('the first task fails once, succeeds, and is there after a kill', async () => {
    const { url, start } = await follow('first-task.md')
    const first = await start()
    const { taskId } = await json(await fetch(`${url}/greet/Ada`))
    const task = () => fetch(`${url}/tasks/${taskId}`).then(json)
    await eventually(task, PATIENCE_MS).toMatchObject({
      status: 'success',
      retries_used: 1,
      attempts_made: 2,
    })
    await end(first)
    const second = await start()
    expect(await task()).toMatchObject({ status: 'success' })
    expect(await (await fetch(`${url}/tasks/dashboard`)).text()).toContain('taskflow-dashboard')
    await end(second, 'SIGTERM')
    expect(second.exitCode).toBe(0)
  })

  it('the dashboard asks for the password, shows a failure, and brings it back', async () => {
    const { url, start } = await follow('dashboard-in-ten-minutes.md')
    await start()
    expect((await fetch(`${url}/tasks`)).status).toBe(401)
    const login = await fetch(`${url}/tasks/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: 'secret' }),
    })
    expect(login.status).toBe(204)
    const cookie = login.headers.getSetCookie().join('; ')
    const ask = async (path: string, init: RequestInit = {}) =>
      json(await fetch(`${url}/tasks${path}`, { ...init, headers: { cookie, ...init.headers } }))

    const { taskId } = await json(await fetch(`${url}/orders/nobody`, { method: 'POST' }))
    await eventually(() => ask(`/${taskId}`), PATIENCE_MS).toMatchObject({
      status: 'failed',
      attempts_made: 3,
      error: 'Not an address: nobody',
      payload: { to: 'nobody' },
    })
    const retry = await ask(`/${taskId}/retry`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ payload: { to: 'nobody@example.com' } }),
    })
    await eventually(() => ask(`/${retry.task_id}`), PATIENCE_MS).toMatchObject({
      status: 'success',
      result: { sent: 'nobody@example.com' },
      retry_of: taskId,
    })
    expect(await ask('/schedules/count_orders')).toMatchObject({ state: 'scheduled' })
    const page = await (await fetch(url)).text()
    expect(page).toContain('<taskflow-dashboard base="/tasks"')
  })
})
