import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createToken, type HandlerOptions } from '@taskflow/core'
import { hashPassword } from '@taskflow/core/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'
import { dashboardTasks, greet, press, print } from './support/dashboard-tasks.ts'
import { eventually } from './support/eventually.ts'

const secretKey = 'the key of this test, long enough'
let browser: Browser
let passwordHash: string
let app: App
const pages: Server[] = []

beforeAll(async () => {
  browser = await launchBrowser()
  passwordHash = await hashPassword('secret')
})
afterAll(() => browser.close())
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  for (const server of pages.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
  press.jammed = true
  await app.close()
})

async function start(handler: Partial<HandlerOptions> = {}) {
  app = await startApp(dashboardTasks, {
    handler: { auth: ['ada', passwordHash], secretKey, ...handler },
  })
}

/** A page of somebody else, on a server of its own. */
async function pageElsewhere(html: string): Promise<string> {
  const server = createServer((_, res) => {
    res.setHeader('content-type', 'text/html')
    res.end(`<!doctype html><title>Elsewhere</title>${html}`)
  })
  pages.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const live = (page: Page) => page.getByText('Live', { exact: true })

async function signIn(page: Page, password = 'secret') {
  await page.getByLabel('User').fill('ada')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function failedRun(): Promise<string> {
  const { taskId } = await app.manager.enqueue(print)
  await eventually(async () => (await app.manager.get(taskId))?.status).toBe('failed')
  return taskId
}

const runs = async () => (await app.manager.list()).tasks.length

describe('J1–J5 signing in and out', () => {
  it('leads to the view that was asked for, and back to the login', async () => {
    await start()
    const { page, wrong } = await visit(browser, `${app.dashboard}/runs?status=failed`)
    await signIn(page, 'wrong')
    await page.getByRole('alert').getByText('User name or password is wrong.').waitFor()
    expect(await page.getByLabel('User').inputValue()).toBe('ada')
    await signIn(page)
    await live(page).waitFor()
    expect(page.url()).toBe(`${app.dashboard}/runs?status=failed`)
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/tasks' })

    await page.locator(`form[action$="/auth/logout"] button`).click()
    await page.getByRole('status').getByText('You are signed out.').waitFor()
    expect(await page.context().cookies()).toEqual([])
    await page.context().addCookies(cookie ? [cookie] : [])
    await page.goto(app.dashboard)
    await page.getByText('Your session has ended. Sign in to go on.').waitFor()
    // The refused login is a failed load to the browser, and nothing else went wrong.
    expect(wrong.filter((text) => !text.includes('401'))).toEqual([])
  })

  it('works without script', async () => {
    await start()
    const { page } = await visit(browser, app.dashboard, { javaScriptEnabled: false })
    await signIn(page)
    await page.waitForURL(app.dashboard)
    await page.goto(`${app.origin}/tasks/auth/logout`)
    await page.getByText('You are signed out.').waitFor()
  })

  it('is asked for in place when the session is over', async () => {
    await start({ tokenExpiryMs: 3_000 })
    const { page, loads } = await visit(browser, app.dashboard)
    await signIn(page)
    await page.getByText('Sign in to go on').waitFor({ timeout: 40_000 })
    expect(loads()).toBe(2)
  })
})

describe('a page of another origin', () => {
  it('changes nothing with the cookie of who is signed in', async () => {
    await start()
    const taskId = await failedRun()
    const { page } = await visit(browser, app.dashboard)
    await signIn(page)
    await live(page).waitFor()
    // Another port is the same site: the browser sends the cookie along.
    const attack = await page.context().newPage()
    const action = `${app.origin}/tasks/${taskId}/retry`
    await attack.goto(
      await pageElsewhere(`<form method="post" action="${action}"><button>Win</button></form>`),
    )
    const answered = attack.waitForResponse(action)
    await attack.getByRole('button').click()
    const response = await answered
    expect((await response.request().allHeaders()).cookie).toContain('taskflow_session=')
    expect(response.status()).toBe(403)

    await attack.goto(await pageElsewhere('<p>'))
    const posting = attack.evaluate(
      (url) => fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include' }),
      action,
    )
    await expect(posting).rejects.toThrow(/Failed to fetch/)
    const reading = attack.evaluate(
      (url) => fetch(url, { credentials: 'include' }).then((list) => list.text()),
      `${app.origin}/tasks`,
    )
    await expect(reading).rejects.toThrow(/Failed to fetch/)
    expect(await runs()).toBe(1)
  })

  it('lists, streams and retries with a token, if its origin is listed', async () => {
    const user = { id: 'ada', name: 'Ada', roles: ['operator'] as const }
    const authorization = `Bearer ${await createToken({ secretKey, user })}`
    let html = ''
    const server = createServer((_, res) => {
      res.setHeader('content-type', 'text/html')
      res.end(html)
    })
    pages.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    // By another name it is another site, too.
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`
    await start({ cors: [origin] })
    html = `<!doctype html><title>Intranet</title>
      <script type="module" src="${app.origin}/tasks/dashboard/assets/taskflow.js"></script>
      <taskflow-dashboard base="${app.origin}/tasks"></taskflow-dashboard>
      <script>document.querySelector('taskflow-dashboard').headers =
        async () => ({ authorization: '${authorization}' })</script>`
    const taskId = await failedRun()

    const { page, wrong } = await visit(browser, origin)
    await live(page).waitFor()
    await page.getByRole('link', { name: /^Runs/ }).click()
    const row = page.locator(`taskflow-runs tr[data-id="${taskId}"]`)
    await row.filter({ hasText: 'Failed' }).waitFor()
    const { taskId: later } = await app.manager.enqueue(greet, { name: 'Ada' })
    const laterRow = page.locator(`taskflow-runs tr[data-id="${later}"]`)
    await laterRow.filter({ hasText: 'Succeeded' }).waitFor()
    press.jammed = false
    await row.click()
    await page
      .locator('taskflow-run')
      .getByRole('button', { name: /^Retry/ })
      .click()
    await eventually(runs).toBe(3)
    expect(wrong).toEqual([])
  })
})
