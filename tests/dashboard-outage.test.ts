import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, visit } from './support/browser.ts'
import { cleanUp, startDemo, temporaryStorage } from './support/demo-process.ts'
import { eventually } from './support/eventually.ts'
import { accepted, reaches, read, type Task } from './support/shop-client.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
afterEach(cleanUp)

describe('A10, A22 the page outlives its server', () => {
  it('reconnects after a SIGKILL and shows what the storage says, without a reload', async () => {
    const storage = ['--storage', temporaryStorage()]
    const first = await startDemo(storage)
    const port = new URL(first.origin).port
    const { page, loads } = await visit(browser, `${first.origin}/tasks/dashboard/runs`)
    await page.getByText('Live', { exact: true }).waitFor()

    const slow = await accepted(first.origin, '/exports', { seconds: 600 })
    await reaches(first.origin, slow, 'running')
    const row = page.locator('taskflow-runs tbody tr').filter({ hasText: 'export_orders' })
    await row.filter({ hasText: 'Running' }).click()
    await page
      .locator('taskflow-run')
      .getByRole('button', { name: /Cancel/ })
      .waitFor()
    await first.end('SIGKILL')
    await expect.poll(() => page.getByText('Live', { exact: true }).count()).toBe(0)

    const second = await startDemo(['--port', port, ...storage])
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 40_000 })
    const mail = await accepted(second.origin, '/signup', { email: 'ada@example.com' })
    await reaches(second.origin, mail, 'success')

    const ids = (await read<Task[]>(second.origin, '/tasks')).map(({ task_id }) =>
      task_id.slice(-8),
    )
    const shown = () => page.locator('taskflow-runs tbody tr').allInnerTexts()
    await expect
      .poll(
        async () => {
          // With a run open, newcomers wait behind the pill.
          const pill = page.getByRole('button', { name: /new run/ })
          if (await pill.isVisible()) await pill.click()
          const texts = await shown()
          return texts.length === ids.length && ids.every((id, i) => texts[i]?.includes(id))
        },
        { timeout: 20_000 },
      )
      .toBe(true)
    await page.locator('taskflow-run').getByText(slow.slice(-8)).first().waitFor()
    expect(loads()).toBe(1)
    await page.context().close()
  })
})

describe('D16a a run that a restart cut off', () => {
  it('goes on in the next process; its lifecycle says so, on the page that stood open', async () => {
    const storage = ['--storage', temporaryStorage()]
    const first = await startDemo(storage)
    const port = new URL(first.origin).port
    const slow = await accepted(first.origin, '/exports', { seconds: 600 })
    await reaches(first.origin, slow, 'running')
    const { page, loads } = await visit(
      browser,
      `${first.origin}/tasks/dashboard/runs/${slow}?view=page`,
    )
    const run = page.locator('taskflow-run')
    await run.getByRole('tab', { name: /^Overview/ }).waitFor()
    // It stood open for longer than fetching its code takes.
    await page.evaluate(() => customElements.whenDefined('taskflow-run-parts'))
    await first.end('SIGTERM')

    const second = await startDemo(['--port', port, ...storage])
    await reaches(second.origin, slow, 'running')
    await run
      .locator('taskflow-lifecycle li')
      .filter({ hasText: 'Requeued' })
      .waitFor({ timeout: 40_000 })
    await run.getByRole('tab', { name: /^Events/ }).click()
    await run.getByText('Requeued after restart').waitFor()
    expect(loads()).toBe(1)
    await page.context().close()
  })
})

describe('a part whose code got lost on its way', () => {
  it('says so, and comes with a reload', async () => {
    const demo = await startDemo([])
    const mail = await accepted(demo.origin, '/signup', { email: 'ada@example.com' })
    await reaches(demo.origin, mail, 'success')
    const { page } = await visit(browser, 'about:blank')
    await page.route('**/assets/extras-*.js', (route) => route.abort())
    await page.goto(`${demo.origin}/tasks/dashboard/runs/${mail}?view=page&tab=events`)
    const run = page.locator('taskflow-run')
    await run.getByText('This part could not be loaded').waitFor()
    await page.unroute('**/assets/extras-*.js')
    await run.getByRole('button', { name: 'Reload' }).click()
    await run.getByText('Succeeded', { exact: true }).first().waitFor()
    expect(await run.getByText('This part could not be loaded').count()).toBe(0)
    await page.context().close()
  })
})

describe('a menu whose code got lost on its way', () => {
  it('is told where it was asked for, in the list and in a run', async () => {
    const demo = await startDemo([])
    const mail = await accepted(demo.origin, '/signup', { email: 'ada@example.com' })
    await reaches(demo.origin, mail, 'success')
    const { page } = await visit(browser, 'about:blank')
    await page.route('**/assets/extras-*.js', (route) => route.abort())
    await page.goto(`${demo.origin}/tasks/dashboard/runs/${mail}`)
    const run = page.locator('taskflow-run')
    await run.getByRole('button', { name: 'More actions' }).click()
    await run.getByRole('alert').getByText('This part could not be loaded').waitFor()
    await page.goto(`${demo.origin}/tasks/dashboard/runs`)
    const list = page.locator('taskflow-runs')
    await list.locator('tbody tr').first().waitFor()
    await list.locator('[data-open="more"]').click()
    const notice = list.getByRole('alert').getByText('This part could not be loaded')
    await notice.waitFor()
    // Asked for again it is said once.
    await list.locator('tbody .more').first().click()
    await eventually(() => notice.count()).toBe(1)
    await page.unroute('**/assets/extras-*.js')
    await list.getByRole('button', { name: 'Reload' }).click()
    await list.locator('tbody tr').first().waitFor()
    await list.locator('[data-open="more"]').click()
    await list.getByRole('menuitem', { name: 'Export as CSV' }).waitFor()
    expect(await notice.count()).toBe(0)
    await page.context().close()
  })
})

describe('J3 sessions that ended with the server', () => {
  it('ask to sign in, and lead back to the same view', async () => {
    const options = ['--storage', temporaryStorage(), '--auth', 'admin:secret']
    const first = await startDemo(options)
    const port = new URL(first.origin).port
    const { page } = await visit(browser, `${first.origin}/tasks/dashboard/runs?status=failed`)
    const signIn = async () => {
      await page.locator('input[name=username]').fill('admin')
      await page.locator('input[name=password]').fill('secret')
      await page.locator('button[type=submit]').click()
      await page.getByText('Live', { exact: true }).waitFor()
    }
    await signIn()
    await first.end('SIGTERM')
    await startDemo(['--port', port, ...options])
    await page.getByRole('link', { name: /Sign in/ }).click({ timeout: 40_000 })
    await signIn()
    expect(page.url()).toBe(`${first.origin}/tasks/dashboard/runs?status=failed`)
    await page.context().close()
  })
})
