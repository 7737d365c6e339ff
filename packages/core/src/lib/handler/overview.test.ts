import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineTask } from '../run/define-task.ts'
import type { TaskExecutor } from '../run/executor.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import type { HintListener } from '../storage/parts.ts'
import { testApp } from './test-app.ts'

let app: Awaited<ReturnType<typeof testApp>>
beforeEach(async () => {
  app = await testApp()
})
afterEach(() => app.stop())

describe('overview and health', () => {
  it('count what each executor can run and runs, elsewhere too', async () => {
    const elsewhere = defineTask({ name: 'elsewhere', executor: 'shell', run() {} })
    const shell: TaskExecutor = { name: 'shell', execute: () => new Promise(() => {}) }
    const { storage } = app.manager
    const other = await testApp({}, { tasks: [elsewhere], storage, executors: [shell] })
    const { taskId } = await other.manager.enqueue(elsewhere)
    await other.until(taskId, 'running')
    expect((await app.json('GET', '/overview')).body.executor_counts).toEqual([
      { executor: 'async', functions: 3, running: 0 },
      { executor: 'shell', functions: 1, running: 1 },
    ])
    await other.stop()
  })

  it('are degraded while hints of others are lost', async () => {
    let listener: HintListener | undefined
    const listen = async (given: HintListener) => {
      listener = given
      given.up(true)
      return async () => {}
    }
    const storage = Object.assign(memoryStorage(), { listen })
    const other = await testApp({}, { storage })
    const status = async () => (await other.json('GET', '/health')).body.status
    expect(await status()).toBe('ok')
    listener?.up(false)
    expect(await status()).toBe('degraded')
    listener?.up(true)
    expect(await status()).toBe('ok')
    await other.stop()
  })

  it('tell the retention of the handler, which goes before the manager’s', async () => {
    const HOUR = 3_600_000
    const own = await testApp({ retentionMs: HOUR }, { retentionMs: 24 * HOUR })
    expect((await own.json('GET', '/overview')).body.config.retention_seconds).toBe(3_600)
    await own.stop()
  })
})
