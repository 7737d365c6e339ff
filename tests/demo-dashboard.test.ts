import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, visit } from './support/browser.ts'
import { cleanUp, startDemo, temporaryStorage } from './support/demo-process.ts'
import { accepted, reaches } from './support/shop-client.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
afterEach(cleanUp)

/** The row of a run, once it says that it is in this state. */
function run(page: Page, state: string, funcName: string): Promise<void> {
  const name = new RegExp(`${state} ${funcName}`)
  return page.getByRole('link', { name }).first().waitFor()
}

describe.each(['express', 'hono', 'koa'])('the dashboard on %s in a browser', (framework) => {
  it('shows a run going from running to succeeded without a reload', async () => {
    const args = ['--framework', framework, '--storage', temporaryStorage()]
    const { origin, dashboard } = await startDemo(args)
    const { page, wrong, loads } = await visit(browser, dashboard)
    await page.getByRole('heading', { name: 'Recent runs' }).waitFor()

    await accepted(origin, '/exports', { seconds: 1.5 })
    await run(page, 'Running', 'export_orders')
    await run(page, 'Succeeded', 'export_orders')

    const mail = await accepted(origin, '/signup', { email: 'ada@example.com' })
    await reaches(origin, mail, 'success')
    await run(page, 'Succeeded', 'send_welcome_email')

    expect(loads()).toBe(1)
    expect(wrong).toEqual([])
    await page.close()
  })
})

describe("the demo's login in a browser", () => {
  it('leads to the dashboard', async () => {
    const { origin, dashboard } = await startDemo(['--storage', 'memory', '--auth', 'admin:secret'])
    const { page, wrong } = await visit(browser, dashboard)
    expect(page.url()).toContain('/tasks/auth/login')
    await page.locator('input[name=username]').fill('admin')
    await page.locator('input[name=password]').fill('secret')
    await page.locator('button[type=submit]').click()
    await page.getByRole('heading', { name: 'Recent runs' }).waitFor()
    expect(page.url()).toBe(dashboard)
    await accepted(origin, '/signup', { email: 'ada@example.com' })
    await run(page, 'Succeeded', 'send_welcome_email')
    expect(wrong).toEqual([])
    await page.close()
  })
})
