import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, visit } from './support/browser.ts'
import { eventually } from './support/eventually.ts'
import { endExamples, startExample } from './support/example-process.ts'

let browser: Browser
let pages: Record<string, string>

beforeAll(async () => {
  browser = await launchBrowser()
  pages = await startExample('embed-dashboard', 7)
})
afterAll(async () => {
  await browser?.close()
  await endExamples()
})
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
})

const open = (name: string) => visit(browser, pages[name] ?? '')
const live = (page: Page) => page.getByText('Live', { exact: true })

/** Retries the failed run of the page; resolves with the answer's status. */
async function retry(page: Page): Promise<number> {
  await page.getByRole('row').filter({ hasText: 'charge_card' }).first().click()
  const answered = page.waitForResponse((answer) => answer.url().endsWith('/retry'))
  const run = page.locator('taskflow-run')
  await run.getByRole('button', { name: /^Retry/ }).click()
  return (await answered).status()
}

async function toRuns(page: Page) {
  await live(page).first().waitFor()
  await page.getByRole('link', { name: /^Runs/ }).first().click()
}

describe('a page of plain HTML', () => {
  it('needs no more than the tag: it finds the handler, under a strict policy', async () => {
    const { page, wrong } = await open('plain')
    await live(page).waitFor()
    const tabs = await page.locator('taskflow-dashboard nav a.tab').allInnerTexts()
    expect(tabs.map((tab) => tab.replace(/\d.*/s, '').trim())).toEqual([
      'Overview',
      'Runs',
      'Schedules',
    ])
    await toRuns(page)
    expect(await retry(page)).toBe(200)
    expect(wrong).toEqual([])
  })
})

describe('a page that styles everything', () => {
  it('does not reach the dashboard', async () => {
    const { page, wrong } = await open('hostile')
    await toRuns(page)
    const row = page.getByRole('row').filter({ hasText: 'charge_card' }).first()
    await row.waitFor()
    const look = await row.evaluate((element) => {
      const cell = element.querySelector('.name') ?? element
      const { fontSize, fontStyle, letterSpacing, textTransform, textAlign, color } =
        getComputedStyle(cell)
      return { fontSize, fontStyle, letterSpacing, textTransform, textAlign, color }
    })
    expect(look).toEqual({
      fontSize: expect.stringMatching(/^1[234]px$/),
      fontStyle: 'normal',
      letterSpacing: 'normal',
      textTransform: 'none',
      textAlign: 'start',
      color: expect.stringMatching(/^(?!rgb\(255, 0, 0\)).*$/),
    })
    expect(wrong).toEqual([])
  })
})

describe('below a prefix, behind a proxy that wants a CSRF token', () => {
  it.each([['rails'], ['django']])('acts as a page of %s', async (name) => {
    const { page, wrong } = await open(name)
    await toRuns(page)
    expect(new URL(page.url()).pathname).toBe(`/${name}`)
    expect(await retry(page)).toBe(200)
    expect(wrong).toEqual([])
  })

  it('is refused without one', async () => {
    const { page } = await open('rails')
    await page.evaluate(() => document.querySelector('meta[name="csrf-token"]')?.remove())
    await toRuns(page)
    expect(await retry(page)).toBe(403)
  })
})

describe('a page of another origin', () => {
  it('reads and acts with a bearer token that comes after the elements', async () => {
    const { page, wrong } = await open('elsewhere')
    await page.getByRole('row').filter({ hasText: 'charge_card' }).first().waitFor()
    expect(await retry(page)).toBe(200)
    expect(wrong.filter((text) => !text.includes('401'))).toEqual([])
  })
})

describe('several on a page', () => {
  it('share one stream, also when one is moved', async () => {
    const { page, wrong } = await visit(browser, 'about:blank')
    const streams: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/dashboard/stream')) streams.push(request.url())
    })
    await page.goto(pages.together ?? '')
    await expect.poll(() => live(page).count(), { timeout: 20_000 }).toBe(3)
    expect(streams).toHaveLength(1)
    await page.evaluate(() => {
      const element = document.querySelector('#left taskflow-dashboard')
      if (element) document.querySelector('#right')?.append(element)
    })
    await page.locator('#right taskflow-dashboard').nth(1).getByText('Live').waitFor()
    // A stream of its own would have been asked for by the time another answer is there.
    await page.evaluate(() => fetch('/tasks/metrics'))
    expect(streams).toHaveLength(1)
    expect(wrong).toEqual([])
  })

  it('bear a second copy of the library', async () => {
    // Without trusted types: those let one copy of Lit in, unless `'allow-duplicates'` is set.
    const { page, wrong } = await open('django')
    await live(page).waitFor()
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.type = 'module'
      // Another address is another module: everything is evaluated again.
      script.src = '/tasks/dashboard/assets/taskflow.js'
      return new Promise((resolve, reject) => {
        script.onload = resolve
        script.onerror = reject
        document.head.append(script)
      })
    })
    await toRuns(page)
    expect(await retry(page)).toBe(200)
    expect(wrong).toEqual([])
  })
})

describe('the status of one run', () => {
  it('is shown to who has no account, until it is done', async () => {
    const { page, wrong } = await open('export')
    const status = page.locator('taskflow-run-status')
    await status.getByRole('progressbar').waitFor()
    await status.getByText(/Writing part \d+ of 10/).waitFor()
    await page.getByRole('link', { name: 'Download it' }).waitFor({ timeout: 50_000 })
    expect(wrong).toEqual([])
  })
})

describe('a React administration', () => {
  it('passes properties and events through, and keeps the dashboard over renders', async () => {
    const { admin = '' } = await startExample('react-admin', 1)
    const { page, wrong, loads } = await visit(browser, admin)
    await toRuns(page)
    expect(await retry(page)).toBe(200)
    await page.getByText('1 done here').waitFor()
    expect(await page.locator('output').textContent()).toBe('retry')
    await page.getByRole('button', { name: 'Theme', exact: true }).click()
    const dashboard = page.locator('taskflow-dashboard')
    await eventually(() => dashboard.getAttribute('theme')).toBe('dark')
    await page.getByRole('button', { name: 'Orders' }).click()
    await page.getByText('No orders today.').waitFor()
    await page.getByRole('button', { name: 'Background tasks' }).click()
    await toRuns(page)
    expect(loads()).toBe(1)
    expect(wrong).toEqual([])
  })
})
