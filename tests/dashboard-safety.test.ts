import { AxeBuilder } from '@axe-core/playwright'
import { defineTask } from '@taskflow/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'

const hostile =
  '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202egnp\u0000\u001b[31m'

const attack = defineTask({
  name: 'attack',
  run(_: void, { log }) {
    log(hostile)
    throw new Error(hostile.repeat(5))
  },
})
const endless = defineTask({
  name: 'a_name_as_long_as_names_may_be_'.padEnd(200, 'x'),
  run: (_: void, { log, signal }) =>
    new Promise<void>((_resolve, reject) => {
      log('first line')
      signal.addEventListener('abort', () => reject(signal.reason))
    }),
})

let browser: Browser
let app: App
let failedId: string

beforeAll(async () => {
  browser = await launchBrowser()
  app = await startApp([attack, endless], {
    handler: { auth: ['admin', 'secret'], exposePayloads: true, title: hostile },
    pages: (_req, res) => {
      res.setHeader('content-type', 'text/html')
      res.end(hostPage)
    },
  })
  const tags = { [hostile]: hostile }
  failedId = (await app.manager.enqueue(attack, undefined, { tags })).taskId
  await app.manager.enqueue(endless)
})
afterAll(async () => {
  await browser.close()
  await app.close()
})

const hostPage = `<!doctype html><html lang="en"><head><title>Host</title><meta charset="utf-8">
<script type="module" src="/tasks/dashboard/assets/taskflow.js"></script></head>
<body><taskflow-dashboard base="/tasks"></taskflow-dashboard></body></html>`

async function signIn(page: Page) {
  await page.locator('input[name=username]').fill('admin')
  await page.locator('input[name=password]').fill('secret')
  await page.locator('button[type=submit]').click()
}

/** The rows of the run list. */
const rows = (page: Page) => page.locator('taskflow-runs tbody tr')

async function findings(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

describe.each([
  ['light', { colorScheme: 'light', viewport: { width: 1440, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1440, height: 900 } }],
  ['light, on a phone', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
  ['dark, on a phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
] as const)('every page in %s', (_, look) => {
  it('keeps to its policy, shows hostile text as text and is accessible', async () => {
    // Colours are measured; half-way through a fade they are not the page's own.
    const still = { ...look, reducedMotion: 'reduce' as const }
    const { page, wrong } = await visit(browser, `${app.origin}/tasks/dashboard`, still)
    expect(await findings(page)).toEqual([])
    await signIn(page)
    await page.getByRole('heading', { name: 'Recent runs' }).waitFor()
    expect(await findings(page)).toEqual([])

    await page.goto(`${app.origin}/tasks/dashboard/runs`)
    await rows(page).nth(1).waitFor()
    expect(await findings(page)).toEqual([])

    await rows(page).filter({ hasText: 'attack' }).click()
    const panel = page.locator('taskflow-run')
    await panel.getByText('<img src=x onerror').first().waitFor()
    expect(await findings(page)).toEqual([])
    await panel.getByRole('tab', { name: /^Logs/ }).click()
    await panel.locator('taskflow-logs').getByText('<script>').first().waitFor()
    expect(await findings(page)).toEqual([])
    await panel.getByRole('tab', { name: /^Error/ }).click()
    expect(await findings(page)).toEqual([])

    await page.goto(`${app.origin}/tasks/dashboard/runs?status=cancelled`)
    await page
      .getByText(/no run/i)
      .first()
      .waitFor()
    expect(await findings(page)).toEqual([])
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(wrong).toEqual([])
    await page.context().close()
  })
})

describe.each([
  ['light', { colorScheme: 'light', viewport: { width: 1440, height: 900 } }],
  ['dark, on a phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
  ['forced colours', { forcedColors: 'active', viewport: { width: 1024, height: 768 } }],
] as const)('what opens on the runs pages in %s', (name, look) => {
  it('keeps to the policy and is accessible', async () => {
    const still = { ...look, reducedMotion: 'reduce' as const }
    const { page, wrong } = await visit(browser, `${app.origin}/tasks/auth/login`, still)
    await signIn(page)
    await page.goto(`${app.origin}/tasks/dashboard/runs`)
    await rows(page).nth(1).waitFor()
    await page.locator('[data-open="filters"]').click()
    await page.getByLabel('Tag').waitFor()
    expect(await findings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.locator('[data-open="more"]').click()
    await page.getByRole('menuitem', { name: 'Keys' }).waitFor()
    expect(await findings(page)).toEqual([])
    await page.getByRole('menuitem', { name: 'Keys' }).click()
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    expect(await findings(page)).toEqual([])
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('combobox', { name: 'Filter runs' }).fill('sta')
    await page.locator('[role=option]').first().waitFor()
    expect(await findings(page)).toEqual([])

    if (name !== 'dark, on a phone') {
      await page.goto(`${app.origin}/tasks/dashboard/runs?status=failed`)
      await page.locator('thead .check').click()
      await page.getByRole('toolbar', { name: 'Selected runs' }).waitFor()
      expect(await findings(page)).toEqual([])
      await page.locator('[data-bulk="retry"]').click()
      await page.locator('[data-confirm]').waitFor()
      expect(await findings(page)).toEqual([])
    }

    await page.goto(`${app.origin}/tasks/dashboard/runs/${failedId}?view=page`)
    const run = page.locator('taskflow-run')
    await run.getByRole('tab').first().waitFor()
    for (const tab of await run.getByRole('tab').all()) {
      await tab.click()
      await expect.poll(() => tab.getAttribute('aria-selected')).toBe('true')
      expect(await findings(page)).toEqual([])
    }
    expect(wrong).toEqual([])
    await page.context().close()
  })
})

describe('the element in a page of its host', () => {
  it('shares one stream with others of its kind', async () => {
    const { page } = await visit(browser, `${app.origin}/tasks/auth/login`)
    await signIn(page)
    await page.getByRole('heading', { name: 'Recent runs' }).waitFor()
    await page.goto('about:blank')
    let streams = 0
    page.on('request', (request) => {
      if (request.url().includes('/dashboard/stream')) streams++
    })
    await page.goto(`${app.origin}/host`)
    await page.evaluate(() => {
      for (let i = 0; i < 2; i++) {
        const element = document.createElement('taskflow-dashboard')
        element.setAttribute('base', '/tasks')
        element.setAttribute('url-sync', 'none')
        document.body.append(element)
      }
    })
    await expect.poll(() => page.getByText('Live', { exact: true }).count()).toBe(3)
    expect(streams).toBe(1)
    await page.context().close()
  })

  it('G23 opens none in tabs that nobody has looked at yet: eight of them leave the app its connections', async () => {
    const { page } = await visit(browser, `${app.origin}/tasks/auth/login`)
    await signIn(page)
    await page.getByRole('heading', { name: 'Recent runs' }).waitFor()
    const context = page.context()
    await context.addInitScript(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' })
    })
    const tabs: Page[] = []
    for (let i = 0; i < 8; i++) {
      const tab = await context.newPage()
      await tab.goto(`${app.origin}/tasks/dashboard/runs`)
      await rows(tab).first().waitFor()
      tabs.push(tab)
    }
    const last = tabs.at(-1) ?? expect.fail('there are eight')
    expect(await last.evaluate(async () => (await fetch('/tasks/health')).status)).toBe(200)
    expect(await last.getByText('Live', { exact: true }).count()).toBe(0)
    await last.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'visible' })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await last.getByText('Live', { exact: true }).waitFor()
    await context.close()
  })
})

describe('a run by its address', () => {
  it('opens at once, and says so when it is gone', async () => {
    const { page } = await visit(browser, `${app.origin}/tasks/dashboard/runs/${failedId}`)
    await signIn(page)
    await page.locator('taskflow-run').getByRole('button', { name: /Retry/ }).waitFor()
    await page.goto(`${app.origin}/tasks/dashboard/runs/01234567-89ab-7def-8123-456789abcdef`)
    await page
      .locator('taskflow-run')
      .getByText(/gone|not found|no run/i)
      .first()
      .waitFor()
    await page.context().close()
  })
})
