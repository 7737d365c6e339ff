import type { RequestListener } from 'node:http'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'
import { dashboardTasks, greet, recital } from './support/dashboard-tasks.ts'
import { eventually } from './support/eventually.ts'

let browser: Browser
let app: App

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  await app.close()
})

const live = (page: Page) => page.getByText('Live', { exact: true })
const row = (page: Page, id: string) => page.locator(`taskflow-runs tr[data-id="${id}"]`)

describe('a new app, where nothing has run', () => {
  it.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 390],
    ['dark', 390],
  ] as const)('says what to write, in %s and %i wide', async (colorScheme, width) => {
    app = await startApp(dashboardTasks)
    const look = { colorScheme, viewport: { width, height: 844 }, reducedMotion: 'reduce' as const }
    for (const path of ['', '/runs']) {
      const { page, wrong } = await visit(browser, app.dashboard + path, look)
      await page.getByText('No runs yet').waitFor()
      await page.getByText('4 tasks are registered.').waitFor()
      await live(page).waitFor()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
      expect(wrong).toEqual([])
    }
  })

  it('shows the first run by itself', async () => {
    app = await startApp(dashboardTasks)
    const { page, loads } = await visit(browser, `${app.dashboard}/runs`)
    await page.getByText('No runs yet').waitFor()
    await live(page).waitFor()
    const { taskId } = await app.manager.enqueue(greet, { name: 'Ada' })
    await row(page, taskId).filter({ hasText: 'Succeeded' }).waitFor()
    expect(loads()).toBe(1)
  })
})

describe('the page', () => {
  it('A1, A2, A20 is complete below any prefix, and sends a strict policy', async () => {
    app = await startApp(dashboardTasks, { handler: { basePath: '/internal/jobs' } })
    const { taskId } = await app.manager.enqueue(greet, { name: 'Ada' })
    const { page, wrong } = await visit(browser, 'about:blank')
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const response = await page.goto(app.dashboard)
    await live(page).waitFor()
    await page.getByRole('link', { name: /^Runs/ }).click()
    await row(page, taskId).click()
    await page.locator('taskflow-run header').filter({ hasText: 'Succeeded' }).waitFor()
    expect(asked.filter((path) => !path.startsWith('/internal/jobs'))).toEqual([])
    expect(new URL(page.url()).pathname).toBe(`/internal/jobs/dashboard/runs/${taskId}`)
    const policy = (await response?.headerValue('content-security-policy')) ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'")
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types lit-html")
    expect(wrong).toEqual([])
  })

  it('A3, A16 carries the names it is given, on the login page as well', async () => {
    const names = { title: 'Shop jobs', headerTitle: 'Jobs of the shop', description: 'Ask Ada.' }
    app = await startApp(dashboardTasks, { handler: { ...names, auth: ['ada', 'secret'] } })
    const { page } = await visit(browser, app.dashboard)
    await page.getByRole('heading', { name: names.headerTitle }).waitFor()
    await signIn(page)
    await page.locator('taskflow-dashboard header').getByText(names.headerTitle).waitFor()
    await page.getByText(names.description).waitFor()
  })

  it('A14 remembers the theme, and is served in it', async () => {
    app = await startApp(dashboardTasks)
    const { page } = await visit(browser, app.dashboard, { colorScheme: 'light' })
    const background = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    const light = await background()
    await page.getByRole('button', { name: 'Dark theme' }).click()
    await eventually(background).not.toBe(light)
    const dark = await background()
    // No flash: the page says dark before any script of it has run.
    await page.route('**/*.js', (route) => route.abort())
    const response = await page.reload()
    const html = (await response?.text()) ?? ''
    expect(html).toContain('<html lang="en" data-theme="dark">')
    expect(html).toMatch(/<taskflow-dashboard [^>]*theme="dark"/)
    expect(await background()).toBe(dark)
  })

  it('J3 asks to sign in when the session has ended, and goes back to the same view', async () => {
    app = await startApp(dashboardTasks, { handler: { auth: ['ada', 'secret'] } })
    const { taskId } = await app.manager.enqueue(greet, { name: 'Ada' })
    const other = await app.manager.enqueue(greet, { name: 'Alan' })
    const { page } = await visit(browser, `${app.dashboard}/runs?func=greet`)
    await signIn(page)
    await row(page, taskId).waitFor()
    await page.context().clearCookies()
    await row(page, other.taskId).click()
    const card = page.getByRole('alertdialog')
    await card.getByRole('link', { name: 'Sign in' }).waitFor()
    // What is below stays, but is out of reach.
    expect(await row(page, taskId).count()).toBe(1)
    await card.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page)
    await page.locator('taskflow-run header').filter({ hasText: 'Succeeded' }).waitFor()
    const { pathname, search } = new URL(page.url())
    expect(pathname + search).toBe(`/tasks/dashboard/runs/${other.taskId}?func=greet`)
  })
})

describe('in a page of the host', () => {
  const hostCss = `html { font: italic 40px/3 serif; letter-spacing: 9px; text-transform: uppercase }
    * { all: unset } taskflow-dashboard { display: block }`
  const pages: RequestListener = (req, res) => {
    if (req.url === '/host.css') return res.setHeader('content-type', 'text/css').end(hostCss)
    res.setHeader('content-type', 'text/html')
    const policy = `script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html`
    res.setHeader('content-security-policy', policy)
    return res.end(`<!doctype html><title>Host</title><link rel="icon" href="data:,">
      <link rel="stylesheet" href="/host.css">
      <script type="module" src="/tasks/dashboard/assets/taskflow.js"></script>
      <taskflow-dashboard base="/tasks"></taskflow-dashboard>`)
  }

  it('looks and works as ever under a hostile style sheet and a strict policy', async () => {
    app = await startApp(dashboardTasks, { pages })
    const { taskId } = await app.manager.enqueue(recital)
    const { page, wrong } = await visit(browser, `${app.origin}/host`)
    const nav = page.getByRole('navigation', { name: 'Pages' })
    await nav.getByRole('link', { name: /^Runs/ }).click()
    await row(page, taskId).filter({ hasText: 'Running' }).click()
    await page.locator('taskflow-run').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click()
    await row(page, taskId).filter({ hasText: 'Cancelled' }).waitFor()
    expect(new URL(page.url()).hash).toBe(`#taskflow=/runs/${taskId}`)
    for (const part of [nav.getByRole('link').first(), page.getByText('Live'), row(page, taskId)]) {
      const style = await part.evaluate((element) => {
        const { fontSize, fontStyle, letterSpacing, textTransform } = getComputedStyle(element)
        return { fontSize, fontStyle, letterSpacing, textTransform }
      })
      expect(style).toEqual({
        fontSize: '13px',
        fontStyle: 'normal',
        letterSpacing: 'normal',
        textTransform: 'none',
      })
    }
    expect(wrong).toEqual([])
  })
})

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User').fill('ada')
  await page.getByLabel('Password').fill('secret')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await live(page).waitFor()
}
