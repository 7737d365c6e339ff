import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'
import { attack, dashboardTasks, greet, hostileText, print } from './support/dashboard-tasks.ts'
import { eventually } from './support/eventually.ts'

let browser: Browser
let app: App
/** 40 greetings, then a print that failed, then an attack. */
const ids: string[] = []

beforeAll(async () => {
  browser = await launchBrowser()
  app = await startApp(dashboardTasks, { handler: { exposePayloads: true } })
  for (let i = 0; i < 40; i++) {
    ids.push((await app.manager.enqueue(greet, { name: `visitor ${i}` })).taskId)
  }
  ids.push((await app.manager.enqueue(print)).taskId)
  const tags = { [`k${hostileText}`]: hostileText, long: 'y'.repeat(200) }
  ids.push((await app.manager.enqueue(attack, { note: hostileText }, { tags })).taskId)
  await vi.waitUntil(async () => {
    const { success, failed } = await app.manager.metrics()
    return success === 40 && failed === 2
  })
  ids.reverse()
})
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
})
afterAll(async () => {
  await browser.close()
  await app.close()
})

const rows = (page: Page) => page.locator('taskflow-runs tbody tr')
const panel = (page: Page) => page.locator('taskflow-run')

function shownIds(page: Page): Promise<(string | null)[]> {
  return rows(page).evaluateAll((all) => all.map((row) => row.getAttribute('data-id')))
}

async function openRuns(query = '', options: BrowserContextOptions = {}) {
  const visited = await visit(browser, `${app.dashboard}/runs${query}`, options)
  await rows(visited.page).first().waitFor()
  return visited
}

describe('filters', () => {
  it('C6, C8, C9, C13, K1 by status, task and text are in the address and survive a reload', async () => {
    const { page } = await openRuns()
    const choices = page.getByLabel('Task', { exact: true }).locator('option')
    // C8: every registered task, also the one that never ran.
    expect(await choices.allTextContents()).toEqual([
      'All tasks',
      ...['attack', 'greet', 'print', 'recital'],
    ])
    await page.getByRole('button', { name: /^Failed/ }).click()
    await eventually(() => shownIds(page)).toEqual(ids.slice(0, 2))
    await page.getByLabel('Task', { exact: true }).selectOption('print')
    await eventually(() => shownIds(page)).toEqual([ids[1]])
    const search = page.getByRole('combobox', { name: 'Filter runs' })
    await search.fill('prin')
    const address = '/tasks/dashboard/runs?status=failed&func=print&q=prin'
    await eventually(() => page.url()).toBe(app.origin + address)

    await page.reload()
    await eventually(() => shownIds(page)).toEqual([ids[1]])
    expect(await search.inputValue()).toBe('prin')
    expect(await page.getByLabel('Task', { exact: true }).inputValue()).toBe('print')
    const chip = page.getByRole('button', { name: /^Failed/ })
    expect(await chip.getAttribute('aria-pressed')).toBe('true')
  })

  it('C9 find a run by its id, and by the end of it that the list shows', async () => {
    const { page } = await openRuns()
    const search = page.getByRole('combobox', { name: 'Filter runs' })
    await search.fill(ids[20] ?? '')
    await eventually(() => shownIds(page)).toEqual([ids[20]])
    await search.fill(ids[20]?.slice(-8) ?? '')
    await eventually(() => new URL(page.url()).searchParams.get('q')?.length).toBe(8)
    await eventually(() => shownIds(page)).toEqual([ids[20]])
  })

  it('say what was asked for when nothing matches, and are cleared by one click', async () => {
    const { page } = await visit(browser, `${app.dashboard}/runs?search=nowhere`)
    await page.getByText('No run matches').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await eventually(() => rows(page).count()).toBe(30)
  })
})

describe('pages', () => {
  it('C12 hold 30 rows, lead on to the rest, and hold more when asked to', async () => {
    const { page } = await openRuns()
    await eventually(() => shownIds(page)).toEqual(ids.slice(0, 30))
    await page.getByRole('button', { name: 'Next page' }).click()
    await eventually(() => shownIds(page)).toEqual(ids.slice(30))
    await page.getByLabel('Rows per page').selectOption('50')
    await eventually(() => shownIds(page)).toEqual(ids)
    // K3: remembered.
    await page.reload()
    await eventually(() => shownIds(page)).toEqual(ids)
  })

  it('C11 are in the chosen order, also after a reload and in another visit', async () => {
    const { page } = await openRuns()
    const heading = page.getByRole('columnheader', { name: 'Created' })
    await heading.getByRole('button').click()
    await eventually(() => shownIds(page)).toEqual(ids.toReversed().slice(0, 30))
    expect(await heading.getAttribute('aria-sort')).toBe('ascending')
    await page.goto(`${app.dashboard}/runs`)
    await eventually(() => shownIds(page)).toEqual(ids.toReversed().slice(0, 30))
  })
})

describe('the keyboard', () => {
  it('j, k, Enter and Escape move, open and close, and focus comes back to the row', async () => {
    const { page } = await openRuns()
    const focused = () =>
      page.evaluate(() => {
        let element = document.activeElement
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
        return element?.getAttribute('data-id') ?? null
      })
    await page.keyboard.press('j')
    await eventually(focused).toBe(ids[0])
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await eventually(focused).toBe(ids[2])
    await page.keyboard.press('k')
    await eventually(focused).toBe(ids[1])
    await page.keyboard.press('Enter')
    await panel(page).getByRole('heading', { name: 'print', exact: true }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/tasks/dashboard/runs/${ids[1]}`)
    // From somewhere inside the panel, too.
    await panel(page).getByRole('tab', { name: /^Logs/ }).focus()
    await page.keyboard.press('Escape')
    await panel(page).waitFor({ state: 'detached' })
    await eventually(focused).toBe(ids[1])
    expect(new URL(page.url()).pathname).toBe('/tasks/dashboard/runs')
  })

  it('/ leads to the search, where letters are letters', async () => {
    const { page } = await openRuns()
    await page.keyboard.press('/')
    await page.keyboard.type('greetjp')
    expect(await page.getByRole('combobox', { name: 'Filter runs' }).inputValue()).toBe('greetjp')
    await page.getByRole('button', { name: 'Pause live updates' }).waitFor()
  })
})

describe('a run', () => {
  it('C14 has its id copied, from the row and from the panel', async () => {
    const { page } = await openRuns('', { permissions: ['clipboard-read', 'clipboard-write'] })
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
    await rows(page).nth(3).hover()
    await rows(page).nth(3).getByRole('button', { name: 'Copy id' }).click()
    await eventually(clipboard).toBe(ids[3])
    await rows(page).nth(1).click()
    await panel(page).locator('taskflow-copy').first().getByRole('button').click()
    await eventually(clipboard).toBe(ids[1])
  })

  it('C1, D5, D10, D15, E1 shows hostile text as text, its hidden characters as marks', async () => {
    const seen = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>⟨U+202E⟩gnp␀'
    const { page, wrong } = await openRuns()
    await rows(page).first().getByText(seen, { exact: false }).waitFor()
    await rows(page).first().click()
    const body = panel(page).locator('.body')
    await body.getByText(`k${seen}:${seen}`).waitFor()
    await body.getByText(`long:${'y'.repeat(200)}`).waitFor()
    await panel(page).getByRole('tab', { name: 'Input and output' }).click()
    await body.locator('taskflow-json').getByText('<script>window.hacked=1</script>').waitFor()
    await panel(page)
      .getByRole('tab', { name: /^Error/ })
      .click()
    await panel(page).locator('taskflow-error').getByText(seen).first().waitFor()
    await panel(page).getByRole('tab', { name: /^Logs/ }).click()
    await panel(page).locator('taskflow-logs').getByText(seen).waitFor()
    // Selectors reach into every shadow root.
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.locator('script:not([src])').count()).toBe(0)
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    expect(wrong).toEqual([])
  })
})
