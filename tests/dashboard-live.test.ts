import { memoryStorage } from '@taskflow/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'
import { dashboardTasks, greet, press, print, recital, stage } from './support/dashboard-tasks.ts'
import { eventually } from './support/eventually.ts'
import { reaches, read } from './support/shop-client.ts'

let browser: Browser
let app: App

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  press.jammed = true
  app = await startApp(dashboardTasks, { handler: { exposePayloads: true } })
})
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  await app.close()
})

/** A page that is live; also counts how often it asked for the list. */
async function openLive(path: string) {
  const visited = await visit(browser, app.dashboard + path)
  const { page } = visited
  await page.getByText('Live', { exact: true }).waitFor()
  let lists = 0
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/tasks') lists++
  })
  return { ...visited, lists: () => lists }
}

const row = (page: Page, id: string) => page.locator(`taskflow-runs tr[data-id="${id}"]`)
const panel = (page: Page) => page.locator('taskflow-run')

/** The panel, once it shows this run in this state. */
async function panelShows(page: Page, id: string, state: string): Promise<void> {
  const header = panel(page)
    .locator('header')
    .filter({ hasText: id.slice(-8) })
  await header.filter({ hasText: state }).waitFor()
}

async function ended(id: string, status: string): Promise<string> {
  await reaches(app.origin, id, status)
  return id
}

describe('the list', () => {
  it('A4 list is live over SSE: no reload, and not one more request for it', async () => {
    const { page, loads, lists, wrong } = await openLive('/runs')
    const { taskId } = await app.manager.enqueue(recital)
    await row(page, taskId).filter({ hasText: 'Running' }).waitFor()
    stage.emit('end')
    await row(page, taskId).filter({ hasText: 'Succeeded' }).waitFor()
    const numbers = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
    await numbers.filter({ hasText: /^Runs\s*1$/ }).waitFor()
    expect({ loads: loads(), lists: lists(), wrong }).toEqual({ loads: 1, lists: 0, wrong: [] })
  })

  it('A5 is polled at the interval of the server when no stream gets through', async () => {
    const polled = await startApp(dashboardTasks, { handler: { pollIntervalMs: 250 } })
    const { page } = await visit(browser, 'about:blank')
    await page.route('**/dashboard/stream*', (route) => route.abort())
    await page.goto(`${polled.dashboard}/runs`)
    await page.getByText('Polling', { exact: true }).waitFor()
    const { taskId } = await polled.manager.enqueue(greet, { name: 'Ada' })
    await row(page, taskId).filter({ hasText: 'Succeeded' }).waitFor()
    await polled.close()
  })

  it('A11 stands still while paused, counts new runs, and shows them on resume', async () => {
    const shown = (await app.manager.enqueue(recital)).taskId
    const { page, loads } = await openLive('/runs')
    await row(page, shown).filter({ hasText: 'Running' }).waitFor()
    await page.getByRole('button', { name: 'Pause live updates' }).click()
    stage.emit('end')
    await ended(shown, 'success')
    const held = await app.manager.enqueue(greet, { name: 'Ada' })
    await app.manager.enqueue(greet, { name: 'Alan' })
    await page.getByRole('button', { name: 'Resume, 2 new runs' }).getByText('+2').waitFor()
    expect(await row(page, held.taskId).count()).toBe(0)
    expect(await row(page, shown).textContent()).toContain('Running')

    await page.getByRole('button', { name: 'Resume, 2 new runs' }).click()
    await row(page, held.taskId).filter({ hasText: 'Succeeded' }).waitFor()
    await row(page, shown).filter({ hasText: 'Succeeded' }).waitFor()
    expect(loads()).toBe(1)
  })

  it('A11, K1 is still paused after a reload', async () => {
    const { page } = await openLive('/runs')
    await page.getByRole('button', { name: 'Pause live updates' }).click()
    await page.reload()
    await page.getByRole('button', { name: /^Resume/ }).waitFor()
  })
})

describe('the panel', () => {
  it('C18, D1, D2 opens by a click, beside the list, with the facts of the run', async () => {
    const { taskId } = await app.manager.enqueue(greet, { name: 'Ada' })
    await ended(taskId, 'success')
    const { page } = await openLive('/runs')
    await row(page, taskId).click()
    await panelShows(page, taskId, 'Succeeded')
    const text = (await panel(page).locator('.body').textContent()) ?? ''
    for (const fact of ['Created', 'Started', 'Ended', 'Duration', 'Retries', 'Ran to its end.']) {
      expect(text).toContain(fact)
    }
    // D1: no tab without data.
    const tabs = await panel(page).getByRole('tab').allInnerTexts()
    expect(tabs.map((tab) => tab.replace(/\s+/g, ' '))).toEqual([
      ...['Overview', 'Attempts 1', 'Input and output', 'Events 5'],
    ])
    // D5: what went in and came out.
    await panel(page).getByRole('tab', { name: 'Input and output' }).click()
    const trees = panel(page).locator('taskflow-json .tree')
    await trees.nth(1).waitFor()
    expect(await trees.nth(0).textContent()).toMatch(/name: *"Ada"/)
    expect(await trees.nth(1).textContent()).toMatch(/greeted: *"Ada"/)
    expect(new URL(page.url()).pathname).toBe(`/tasks/dashboard/runs/${taskId}`)
  })

  it('D4 leads to another run of the same function', async () => {
    const first = await ended((await app.manager.enqueue(greet, { name: 'Ada' })).taskId, 'success')
    const second = await ended((await app.manager.enqueue(greet, { name: 'Al' })).taskId, 'success')
    const { page } = await openLive(`/runs/${second}`)
    await panelShows(page, second, 'Succeeded')
    const recent = panel(page)
      .getByRole('link')
      .filter({ hasText: first.slice(-8) })
    await recent.click()
    await panelShows(page, first, 'Succeeded')
  })

  it('E2 shows the log as it is written, and D14 the state as it changes', async () => {
    const { taskId } = await app.manager.enqueue(recital)
    const { page, loads } = await openLive(`/runs/${taskId}`)
    await panelShows(page, taskId, 'Running')
    await panel(page).getByRole('tab', { name: /^Logs/ }).click()
    const lines = panel(page).locator('taskflow-logs .line .text')
    await eventually(() => lines.allInnerTexts()).toEqual(['the curtain rises'])
    stage.emit('say', 'to be')
    await eventually(() => lines.allInnerTexts()).toEqual(['the curtain rises', 'to be'])
    stage.emit('say', 'or not to be')
    stage.emit('end')
    await panelShows(page, taskId, 'Succeeded')
    const whole = ['the curtain rises', 'to be', 'or not to be']
    await eventually(() => lines.allInnerTexts()).toEqual(whole)
    expect(loads()).toBe(1)
  })

  it('D12, D15, E1 shows attempts, the stack, and where the retry began in the log', async () => {
    const { taskId } = await app.manager.enqueue(print)
    await ended(taskId, 'failed')
    const { page } = await openLive(`/runs/${taskId}?tab=logs`)
    await panelShows(page, taskId, 'attempt 2 of 2')
    const log = panel(page).locator('taskflow-logs .lines')
    await log.getByText('sheet of attempt 2').waitFor()
    const text = (await log.textContent()) ?? ''
    expect(text).toMatch(/sheet of attempt 1\s+Retry 1, attempt 2 of 2\s.*sheet of attempt 2/s)
    await panel(page).getByRole('tab', { name: 'Error' }).click()
    const error = panel(page).locator('taskflow-error')
    await error.getByText('the press is jammed').waitFor()
    await error
      .getByText(/dashboard-tasks\.ts:\d+/)
      .first()
      .waitFor()
  })

  it('D9 cancels a running task once that was confirmed', async () => {
    const { taskId } = await app.manager.enqueue(recital)
    const { page } = await openLive(`/runs/${taskId}`)
    await panelShows(page, taskId, 'Running')
    await panel(page).getByRole('button', { name: 'Cancel' }).click()
    const dialog = panel(page).getByRole('dialog', { name: /^Cancel \w{8}\?$/ })
    await dialog.getByRole('button', { name: 'Back' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await read(app.origin, `/tasks/${taskId}`)).toMatchObject({ cancel_requested_at: null })
    await panel(page).getByRole('button', { name: 'Cancel' }).click()
    await dialog.getByRole('button', { name: 'Cancel run' }).click()
    await panelShows(page, taskId, 'Cancelled')
    await row(page, taskId).filter({ hasText: 'Cancelled' }).waitFor()
    expect(await read(app.origin, `/tasks/${taskId}`)).toMatchObject({ status: 'cancelled' })
  })

  it('D6, A15 retries a failed run as a new one, says so, and leads there', async () => {
    const { taskId } = await app.manager.enqueue(print)
    await ended(taskId, 'failed')
    press.jammed = false
    const { page } = await openLive(`/runs/${taskId}`)
    await panel(page).getByRole('button', { name: 'Retry' }).click()
    await page
      .locator('taskflow-toasts')
      .getByText(/^Queued as/)
      .waitFor()
    await panel(page)
      .getByRole('link', { name: /^Queued as/ })
      .click()
    await eventually(() => page.url()).not.toContain(taskId)
    const newId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await panelShows(page, newId, 'Succeeded')
    expect(await read(app.origin, `/tasks/${newId}`)).toMatchObject({ retry_of: taskId })
    expect(await read(app.origin, `/tasks/${taskId}`)).toMatchObject({ status: 'failed' })
  })

  it('D8 says why a run of a task that is gone cannot be retried', async () => {
    const storage = memoryStorage()
    const before = await startApp([print], { manager: { storage } })
    const { taskId } = await before.manager.enqueue(print)
    await reaches(before.origin, taskId, 'failed')
    await before.close()
    const after = await startApp([greet], { manager: { storage } })
    const { page } = await visit(browser, `${after.dashboard}/runs/${taskId}`)
    const retry = panel(page).getByRole('button', { name: 'Retry' })
    await retry.click()
    await panel(page).getByRole('alert').filter({ hasText: 'print' }).waitFor()
    await eventually(() => retry.isDisabled()).toBe(true)
    await after.close()
  })
})
