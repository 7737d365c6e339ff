import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineTask } from '../run/define-task.ts'
import { testApp } from './test-app.ts'

type App = Awaited<ReturnType<typeof testApp>>
const elsewhere = defineTask({
  name: 'elsewhere',
  group: 'reports',
  retries: 2,
  priority: 7,
  run({ fail = false }: { fail?: boolean }) {
    if (fail) throw new Error('refused')
    return 'done'
  },
})

/** An app that serves the dashboard, and another on the same storage that has the task. */
let web: App
let worker: App
beforeEach(async () => {
  web = await testApp({}, { tasks: [] })
  worker = await testApp({}, { tasks: [elsewhere], storage: web.manager.storage })
})
afterEach(async () => {
  await web.stop()
  await worker.stop()
})

describe('a function that only another live instance has', () => {
  it('is run from here, with its settings', async () => {
    const { status, body } = await web.json('POST', '', { func_name: 'elsewhere', payload: {} })
    expect([status, body.task.group, body.task.priority, body.task.max_attempts]).toEqual([
      201,
      'reports',
      7,
      3,
    ])
    expect(await worker.until(body.task_id, 'success')).toMatchObject({ result: 'done' })
  })

  it('is retried from here, alone and with others', async () => {
    const { taskId } = await worker.manager.enqueue(elsewhere, { fail: true })
    await worker.until(taskId, 'failed')
    const dry = { filter: { status: 'failed' }, dry_run: true }
    expect((await web.json('POST', '/bulk-retry', dry)).body).toMatchObject({ dispatched: 1 })
    const retried = await web.json('POST', `/${taskId}/retry`, { payload: {} })
    expect(retried.status).toBe(200)
    await worker.until(retried.body.task_id, 'success')
  })

  it('is unknown once that instance has left', async () => {
    const { taskId } = await worker.manager.enqueue(elsewhere, { fail: true })
    await worker.until(taskId, 'failed')
    await worker.stop()
    const unknown = { status: 409, body: { code: 'unknown_function' } }
    expect(await web.json('POST', `/${taskId}/retry`)).toMatchObject(unknown)
    expect(await web.json('POST', '', { func_name: 'elsewhere' })).toMatchObject(unknown)
    const bulk = await web.json('POST', '/bulk-retry', { task_ids: [taskId] })
    expect(bulk.body).toMatchObject({ skipped: 1, results: [{ reason: 'unknown_function' }] })
  })
})
