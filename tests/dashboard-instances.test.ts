import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { launchBrowser, visit } from './support/browser.ts'
import { openStorage, type StorageChoice } from './support/instance.ts'
import { Instances } from './support/instances.ts'
import { sharedStorages } from './support/storages.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

describe.each(sharedStorages)('A9 a page of one of %s', (_, __, choose) => {
  let instances: Instances
  let app: App

  beforeEach(async () => {
    let chosen: StorageChoice | undefined
    instances = new Instances((folder) => {
      chosen = choose(folder)
      return chosen
    })
    // Serves the page and runs nothing: whatever happens, happens in other processes.
    app = await startApp(Object.values(instances.tasks), {
      manager: { storage: openStorage(chosen as StorageChoice), concurrency: 0 },
    })
  })
  afterEach(async () => {
    await app.close()
    await instances.close()
  })

  it('is live with what another enqueues and runs, by its one stream', async () => {
    await instances.start()
    const { page, wrong, loads } = await visit(browser, `${app.dashboard}/runs`)
    await page.getByText('Live', { exact: true }).waitFor()
    let lists = 0
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/tasks') lists++
    })
    const row = (id: string) => page.locator(`taskflow-runs tr[data-id="${id}"]`)

    const { quick, hangs } = instances.tasks
    const done = await instances.manager.enqueue(quick)
    await row(done.taskId).filter({ hasText: 'Succeeded' }).waitFor()
    const held = await instances.manager.enqueue(hangs)
    await row(held.taskId).filter({ hasText: 'Running' }).waitFor()
    expect({ loads: loads(), lists, wrong }).toEqual({ loads: 1, lists: 0, wrong: [] })
  })
})
