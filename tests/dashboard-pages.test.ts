import { AxeBuilder } from '@axe-core/playwright'
import { defineTask } from '@taskflow/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'

const pay = defineTask({
  name: 'charge_card',
  group: 'billing',
  run(): void {
    throw new RangeError('card 4242 was declined')
  },
})
const mail = defineTask({
  name: 'send_email',
  group: 'mail',
  run(_: void, { log }) {
    log('Delivered to ada@example.com')
  },
})

let browser: Browser
let app: App

beforeAll(async () => {
  browser = await launchBrowser()
  app = await startApp([pay, mail], { handler: { auth: ['admin', 'secret'] } })
  for (let i = 0; i < 3; i++) await app.manager.enqueue(pay)
  await app.manager.enqueue(mail)
  await app.manager.schedule(mail, { everyMs: 3_600_000 })
})
afterAll(async () => {
  await browser.close()
  await app.close()
})

async function signedIn(look: Parameters<typeof visit>[2] = {}) {
  const visited = await visit(browser, `${app.origin}/tasks/dashboard`, look)
  const { page } = visited
  await page.locator('input[name=username]').fill('admin')
  await page.locator('input[name=password]').fill('secret')
  await page.locator('button[type=submit]').click()
  await page.getByText('Live', { exact: true }).waitFor()
  return visited
}

async function findings(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Every page, and what stands there once it is drawn. */
const places = [
  ['', 'Next scheduled'],
  ['/tasks', 'No group|billing'],
  ['/tasks/charge_card', 'Settings'],
  ['/graph', 'charge_card'],
  ['/graph?view=list', 'Followed by'],
  ['/schedules', 'Upcoming'],
  ['/schedules/send_email', 'Next runs'],
  ['/dead-letters', 'RangeError'],
  ['/dead-letters?view=list', 'charge_card'],
  ['/logs', 'Delivered to'],
  ['/audit', 'Signed in'],
  ['/instances', 'Active'],
  ['/settings', 'Rows per page'],
  ['/nowhere', 'There is no such page'],
] as const

describe.each([
  ['light', { colorScheme: 'light', viewport: { width: 1440, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1440, height: 900 } }],
  ['light, 320 wide', { colorScheme: 'light', viewport: { width: 320, height: 640 } }],
  ['dark, on a phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
  ['forced colours', { forcedColors: 'active', viewport: { width: 1100, height: 800 } }],
] as const)('every other page in %s', (_, look) => {
  it('is accessible, keeps to its policy and fits', async () => {
    const { page, wrong } = await signedIn({ ...look, reducedMotion: 'reduce' as const })
    const found: string[] = []
    for (const [path, text] of places) {
      await page.goto(`${app.origin}/tasks/dashboard${path}`)
      await page
        .locator('main')
        .getByText(new RegExp(text))
        .filter({ visible: true })
        .first()
        .waitFor()
      for (const finding of await findings(page)) found.push(`${path}: ${finding}`)
      const wide = await page.evaluate(() => {
        const dashboard = document.querySelector('taskflow-dashboard')
        const box = dashboard?.shadowRoot?.querySelector('.page')
        return (box?.scrollWidth ?? 0) - (box?.clientWidth ?? 0)
      })
      if (wide > 0) found.push(`${path}: ${wide} px too wide`)
    }
    expect(found).toEqual([])
    expect(wrong.filter((text) => !text.includes('404'))).toEqual([])
    await page.context().close()
  })
})

describe('with a real handler and storage', () => {
  it('C16, F1 pauses a task for good and resumes it; I1, I2 writes down who did', async () => {
    const { page } = await signedIn()
    await page.goto(`${app.origin}/tasks/dashboard/tasks`)
    await page.getByRole('button', { name: 'Pause send_email' }).click()
    await page.getByText('Paused send_email').waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Resume send_email' }).click()
    await page.getByRole('button', { name: 'Pause send_email' }).waitFor()
    await page.getByRole('link', { name: 'Audit' }).first().click()
    const rows = page.locator('taskflow-audit tbody tr')
    await rows.filter({ hasText: 'Resumed' }).filter({ hasText: 'admin' }).first().waitFor()
    await rows.filter({ hasText: 'Paused' }).filter({ hasText: 'send_email' }).first().waitFor()
    await page.context().close()
  })

  it('G2, G4 runs a schedule now as manual; G3 pauses, resumes and removes it', async () => {
    const { page } = await signedIn()
    await app.manager.schedule(mail, { everyMs: 3_600_000 }, { id: 'extra' })
    await page.goto(`${app.origin}/tasks/dashboard/schedules`)
    await page.getByRole('button', { name: 'Run now extra' }).click()
    await page.getByText(/^Queued as/).waitFor()
    await page.getByRole('button', { name: 'Pause extra' }).click()
    await page.getByRole('button', { name: 'Resume extra' }).click()
    await page.getByRole('button', { name: 'Remove extra' }).click()
    await page.getByRole('button', { name: 'Remove the schedule' }).click()
    await page.getByText('Removed extra').waitFor()
    await page.locator('tr[data-schedule="extra"]').waitFor({ state: 'detached' })
    const { tasks } = await app.manager.list({ filter: { scheduleId: ['extra'] }, limit: 5 })
    expect(tasks.map(({ source }) => source)).toEqual(['manual'])
    await page.context().close()
  })

  it('H1, H2 retries all runs with one error; H3 counts a window and replays it', async () => {
    const { page } = await signedIn()
    await page.goto(`${app.origin}/tasks/dashboard/dead-letters`)
    const group = page.locator('[data-group]').first()
    await group.getByText('RangeError').waitFor()
    await group.getByRole('button', { name: 'Retry 3 runs' }).click()
    await page.locator('dialog').getByRole('button', { name: 'Retry 3 runs' }).click()
    await page.getByText('3 runs queued').waitFor()
    await group.getByText('6', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Replay…' }).click()
    // Those that were retried already are left out.
    await page.locator('dialog').getByRole('button', { name: 'Retry 3 runs' }).click()
    await group.getByText('9', { exact: true }).waitFor()
    await page.context().close()
  })

  it('B2 draws how long runs waited; H1 says where an error comes from', async () => {
    const { page } = await signedIn()
    const wait = page.locator('taskflow-chart').filter({ hasText: 'Waiting time' })
    const drawn = () => wait.locator('path.line.p95').getAttribute('d')
    await expect.poll(drawn, { timeout: 20_000 }).toMatch(/^M/)
    await page.goto(`${app.origin}/tasks/dashboard/dead-letters`)
    const frame = page.locator('[data-group] .frame').first()
    expect((await frame.textContent())?.trim()).toMatch(/dashboard-pages\.test\.ts:\d+$/)
    await page.context().close()
  })

  it('A19 folds a group of pages in the menu of a phone, and remembers it', async () => {
    const { page } = await signedIn({ viewport: { width: 390, height: 844 } })
    const menu = page.locator('.page-menu')
    const open = () => page.getByRole('button', { name: 'All pages' }).click()
    await open()
    await menu.getByRole('button', { name: 'Review' }).click()
    await menu.getByRole('link', { name: 'Logs' }).waitFor({ state: 'hidden' })
    await page.reload()
    await open()
    await menu.getByRole('link', { name: 'Schedules' }).waitFor()
    expect(await menu.getByRole('link', { name: 'Logs' }).isVisible()).toBe(false)
    await page.context().close()
  })

  it('F2 starts an ad hoc run; its log is among those of all (E9)', async () => {
    const { page } = await signedIn()
    await page.goto(`${app.origin}/tasks/dashboard/tasks/send_email`)
    await page.getByRole('button', { name: 'Run…' }).click()
    await page.getByRole('button', { name: 'Run it' }).click()
    await page.getByText('An ad hoc run of send_email.').waitFor()
    await page.locator('taskflow-task').getByText('Ad hoc', { exact: true }).waitFor()
    await page.goto(`${app.origin}/tasks/dashboard/logs?search=delivered&task=send_email`)
    await page.locator('.lines mark').filter({ hasText: 'Delivered' }).first().waitFor()
    await page.context().close()
  })
})
