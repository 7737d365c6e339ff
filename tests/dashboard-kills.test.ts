import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TaskManager } from '@taskflow/core'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser, visit } from './support/browser.ts'
import { eventually } from './support/eventually.ts'
import { end } from './support/instances.ts'
import { brief, type MortalOptions } from './support/mortal-server.ts'

/** 20 in full length, which takes some minutes. */
const KILLS = Number(process.env.TASKFLOW_TEST_KILLS ?? 3)
const RUNS_PER_LIFE = 250
const PATIENCE = 60_000

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

async function start(options: MortalOptions): Promise<{ child: ChildProcess; port: number }> {
  const script = new URL('support/mortal-server.ts', import.meta.url)
  const child = fork(script, [JSON.stringify(options)])
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) await end(child)
  })
  const [port] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (typeof port !== 'number') throw new Error(`the server ended with ${port}`)
  return { child, port }
}

/** What the list shows, from its first row to its last. */
function shownRows(page: Page) {
  return page.locator('taskflow-runs tbody tr').evaluateAll((rows) =>
    rows.map((row) => ({
      id: row.getAttribute('data-id') ?? '',
      status: row.querySelector('.status-cell [data-status]')?.getAttribute('data-status') ?? '',
      ticked: row.querySelector<HTMLInputElement>('input.check')?.checked ?? false,
      focused: row.matches(':focus'),
    })),
  )
}

/** The number in a text, whatever stands between its digits. */
async function numberIn(text: Locator): Promise<number> {
  return Number((await text.textContent())?.replace(/\D/g, ''))
}

describe('A10, A22 a page that stays open while its server is killed again and again', () => {
  it(`shows what the storage says after ${KILLS} deaths, with focus and selection as they were`, {
    timeout: 60_000 + KILLS * 30_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'taskflow-kills-'))
    const file = join(folder, 'tasks.db')
    const manager = new TaskManager({
      tasks: [brief],
      storage: sqliteStorage({ file }),
      concurrency: 0,
    })
    await manager.open()
    onTestFinished(async () => {
      await manager.stop()
      rmSync(folder, { recursive: true })
    })
    let { child, port } = await start({ file, port: 0 })
    const { page, loads } = await visit(
      browser,
      `http://127.0.0.1:${port}/tasks/dashboard/runs?sort=created_at:desc`,
    )
    let streams = 0
    page.on('response', (response) => {
      if (response.url().includes('/dashboard/stream') && response.ok()) streams += 1
    })
    const later = { payload: undefined, options: { delayMs: 3_600_000 } }
    const kept = (await manager.enqueueMany(brief, [later, later, later])).map((ref) => ref.taskId)
    await eventually(async () => (await shownRows(page)).length).toBe(kept.length)
    const rows = page.locator('taskflow-runs tbody tr')
    await rows.nth(0).locator('input.check').check()
    await rows.nth(1).locator('input.check').check()
    await rows.nth(2).focus()
    const before = await shownRows(page)
    expect(before.map(({ ticked, focused }) => [ticked, focused])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ])

    const ended = async () => {
      const { success, interrupted } = await manager.metrics()
      return success + interrupted
    }
    for (let kill = 1; kill <= KILLS; kill++) {
      const done = await ended()
      const runs = Array.from({ length: RUNS_PER_LIFE }, () => ({ payload: undefined }))
      await manager.enqueueMany(brief, runs)
      // In the middle of the work.
      await eventually(ended, PATIENCE).toBeGreaterThan(done + RUNS_PER_LIFE / 5)
      await end(child)
      child = (await start({ file, port })).child
    }
    await eventually(ended, PATIENCE).toBe(KILLS * RUNS_PER_LIFE)
    await page.getByText('Live', { exact: true }).waitFor({ timeout: PATIENCE })

    const { success, interrupted } = await manager.metrics()
    const facet = (name: string) => numberIn(page.locator(`taskflow-runs [data-facet="${name}"]`))
    await eventually(() => facet('success')).toBe(success)
    if (interrupted > 0) await eventually(() => facet('interrupted')).toBe(interrupted)
    // Who reads is not disturbed: what is new is counted.
    const pill = page.getByRole('button', { name: /new runs?$/ })
    await eventually(() => numberIn(pill)).toBe(KILLS * RUNS_PER_LIFE)
    expect(await shownRows(page)).toEqual(before)
    await page.getByText('2 selected').waitFor()

    await pill.click()
    const { tasks } = await manager.list({ limit: 30 })
    const stored = tasks.map(({ taskId, phase }) => ({ id: taskId, status: phase }))
    await eventually(async () =>
      (await shownRows(page)).map(({ id, status }) => ({ id, status })),
    ).toEqual(stored)
    await page.getByText('2 selected').waitFor()
    expect(streams).toBeGreaterThan(1)
    expect(loads()).toBe(1)
  })
})
