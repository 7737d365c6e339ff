import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'
import { dashboardTasks, greet } from './support/dashboard-tasks.ts'
import { eventually } from './support/eventually.ts'

let browser: Browser
let app: App
let foreign: Server
let foreignOrigin: string
/** Body of the page that either host serves at `/page`. */
let body = ''

const pages: RequestListener = (req, res) => {
  res.setHeader('content-type', 'text/html')
  // What may be framed, so that a frame which stays empty says something.
  if (req.url === '/plain') return res.end('<!doctype html><title>Plain</title><p>plain')
  return res.end(`<!doctype html><title>Host</title><link rel="icon" href="data:,">${body}`)
}

beforeAll(async () => {
  browser = await launchBrowser()
  foreign = createServer(pages).listen(0, '127.0.0.1')
  await once(foreign, 'listening')
  // Another site, not only another port.
  foreignOrigin = `http://localhost:${(foreign.address() as AddressInfo).port}`
})
beforeEach(async () => {
  app = await startApp(dashboardTasks, { pages })
  const tags = { '=1+1': '<img src=x onerror="globalThis.pwned=1">' }
  await app.manager.enqueue(greet, { name: 'Ada' }, { tags })
})
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  await app.close()
})
afterAll(async () => {
  await browser.close()
  foreign.close()
  foreign.closeAllConnections()
})

describe.each(['the same origin', 'another site'])('a page of %s', (from) => {
  const host = () => (from === 'another site' ? foreignOrigin : app.origin)

  /** Which of these elements load; the rest fail. */
  async function outcomes(page: Page): Promise<Record<string, string>> {
    const told = () => page.evaluate(() => ({ ...(globalThis as { told?: object }).told }))
    await eventually(async () => Object.keys(await told()).length).toBe(
      body.split('onload').length - 1,
    )
    return (await told()) as Record<string, string>
  }
  const tell = (name: string) =>
    `onload="(globalThis.told??={})['${name}']='loads'" onerror="(globalThis.told??={})['${name}']='fails'"`

  it('cannot frame the dashboard, the login or JSON', async () => {
    const paths = ['/tasks/dashboard', '/tasks/auth/login', '/tasks', '/plain']
    const framed: [string, string][] = []
    for (const path of paths) {
      body = `<iframe src="${app.origin}${path}"></iframe>`
      const { page, wrong } = await visit(browser, `${host()}/page`)
      const outcome = () => {
        if (page.frames()[1]?.url() === `${app.origin}${path}`) return 'framed'
        return wrong.some((text) => text.includes('frame-ancestors')) ? 'blocked' : ''
      }
      await eventually(outcome).not.toBe('')
      framed.push([path, outcome()])
      await page.context().close()
    }
    expect(framed).toEqual([
      ['/tasks/dashboard', 'blocked'],
      ['/tasks/auth/login', 'blocked'],
      ['/tasks', 'blocked'],
      ['/plain', 'framed'],
    ])
  })

  it('cannot use JSON or CSV as a script, a style sheet or a picture', async () => {
    const paths = ['/tasks', '/tasks/export.csv', '/tasks/metrics?format=prometheus']
    body = paths
      .flatMap((path) => [
        `<script src="${app.origin}${path}" ${tell(`script ${path}`)}></script>`,
        `<link rel="stylesheet" href="${app.origin}${path}" ${tell(`style ${path}`)}>`,
        `<img src="${app.origin}${path}" ${tell(`img ${path}`)}>`,
      ])
      .join('')
    const { page } = await visit(browser, `${host()}/page`)
    expect(new Set(Object.values(await outcomes(page)))).toEqual(new Set(['fails']))
    // The element's own script is there for pages elsewhere.
    body = `<script type="module" src="${app.origin}/tasks/dashboard/assets/taskflow.js" ${tell('taskflow.js')}></script>`
    await page.goto(`${host()}/page`)
    expect(await outcomes(page)).toEqual({ 'taskflow.js': 'loads' })
  })
})

it('JSON that is opened by itself stays text, whatever a task is called or tagged', async () => {
  const { page } = await visit(browser, `${app.origin}/tasks`)
  expect(await page.evaluate(() => document.contentType)).toBe('application/json')
  expect(await page.evaluate(() => document.body.textContent)).toContain('onerror=')
  expect(await page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined()
})
