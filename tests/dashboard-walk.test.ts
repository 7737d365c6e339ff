import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'
import { eventually } from './support/eventually.ts'
import { countSheets, printEdition, printWeather } from './support/press.ts'

let browser: Browser
let app: App

beforeAll(async () => {
  browser = await launchBrowser()
  app = await startApp([printEdition, printWeather, countSheets], {
    manager: { tasksFile: new URL('support/press.ts', import.meta.url) },
  })
  for (let i = 0; i < 5; i++) await app.manager.enqueue(printWeather)
  await app.manager.enqueue(printEdition, { sheets: 100 })
  await vi.waitUntil(async () => (await app.manager.metrics()).failed === 1, { timeout: 40_000 })
})
afterAll(async () => {
  await browser.close()
  await app.close()
})

describe('the way of somebody who looks for what went wrong', () => {
  it('leads from the name and the failed runs to the line in the error output, and to the file', async () => {
    const { page, wrong } = await visit(browser, `${app.dashboard}/runs`)
    await page.getByRole('combobox', { name: 'Filter runs' }).fill('print')
    await page.getByRole('button', { name: /^Failed/ }).click()
    const rows = page.locator('taskflow-runs tbody tr')
    await eventually(() => rows.count()).toBe(1)
    await rows.first().getByRole('link', { name: 'Open as a page' }).click()

    const run = page.locator('taskflow-run')
    await run.locator('taskflow-lifecycle li').filter({ hasText: 'failed after' }).waitFor()
    await run.getByRole('tab', { name: /^Logs/ }).click()
    await run.getByRole('button', { name: /^stderr 11/ }).click()
    await eventually(() => run.locator('.line').count()).toBe(11)
    expect(await run.locator('.line .text').allInnerTexts()).toEqual([
      ...Array.from({ length: 10 }, (_, i) => `ERROR: sheet ${(i + 1) * 10} is torn`),
      // What it threw in the end.
      expect.stringContaining('too many torn sheets'),
    ])

    await run.getByRole('searchbox', { name: 'Search the log' }).fill('ERROR')
    await run.getByText(/^1 of 1[01]$/).waitFor()
    await run.getByRole('button', { name: 'Next match' }).click()
    await run.getByText(/^2 of 1[01]$/).waitFor()
    await eventually(() => run.locator('.line.at mark').allInnerTexts()).toEqual(['ERROR'])
    await run.locator('.line.at .text').filter({ hasText: 'sheet 20' }).waitFor()

    const saved = page.waitForEvent('download')
    await run.getByRole('button', { name: 'Download the log' }).click()
    const text = await readFile(await (await saved).path(), 'utf8')
    expect(text.match(/ERROR: sheet \d+ is torn/g)).toHaveLength(10)
    expect(text).toContain('sheet 99 is fine')
    expect(wrong).toEqual([])
    await page.context().close()
  })

  it('E4, E5 stdout and stderr have what taskLog wrote, which is found by a regular expression', async () => {
    const { taskId } = await app.manager.enqueue(countSheets)
    await vi.waitUntil(async () => (await app.manager.get(taskId))?.status === 'failed')
    const { page, wrong } = await visit(
      browser,
      `${app.dashboard}/runs/${taskId}?view=page&tab=logs`,
    )
    const run = page.locator('taskflow-run')
    const texts = () => run.locator('.line .text').allInnerTexts()
    await run.getByRole('button', { name: /^All 4/ }).waitFor()
    await run.getByRole('button', { name: /^stdout 2/ }).click()
    await eventually(texts).toEqual(['sheet 1 of 2', 'sheet 2 of 2'])
    await run.getByRole('button', { name: /^stderr 4/ }).click()
    await eventually(texts).toEqual([
      'no paper 1',
      expect.stringContaining('jam 1'),
      'no paper 2',
      expect.stringContaining('jam 2'),
    ])
    const field = run.getByRole('searchbox', { name: 'Search the log' })
    await run.getByRole('button', { name: 'Regular expression' }).click()
    await field.fill('(paper|jam) \\d$')
    await run.getByText('1 of 4', { exact: true }).waitFor()
    await field.press('Enter')
    await eventually(() => run.locator('.line.at mark').allInnerTexts()).toEqual(['jam 1'])
    await field.fill('jam [')
    await run.getByRole('alert').getByText('This cannot be searched for').waitFor()
    expect(await texts()).toHaveLength(4)
    expect(wrong).toEqual([])
    await page.context().close()
  })
})
