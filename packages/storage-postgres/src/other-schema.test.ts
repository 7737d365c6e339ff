import { createHandler, defineTask, TaskManager, type TaskStorage } from '@taskflow/core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { postgresStorage } from './index.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'

const broken = defineTask({
  name: 'broken',
  run(_: unknown, { log }) {
    log('not for others')
    throw new Error('not for others')
  },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

async function serving(storage: TaskStorage) {
  const manager = new TaskManager({ tasks: [broken], storage })
  await manager.start()
  const handler = createHandler(manager, { auth: false, onWarning: () => {} })
  const ask = async (method: string, path: string) => {
    const response = await handler(new Request(`http://app.test/tasks${path}`, { method }))
    return { status: response.status, text: await response.text() }
  }
  return { manager, ask, stop: () => manager.stop({ graceMs: 0, abortMs: 0 }) }
}

it('what another app keeps on the same server is not there, whoever knows its ids', async () => {
  const one = await serving(postgresStorage({ url: database.url, schema: 'one' }))
  const other = await serving(postgresStorage({ url: database.url, schema: 'other' }))
  const { taskId } = await one.manager.enqueue(broken, {})
  await expect(one.manager.result({ taskId })).rejects.toMatchObject({ code: 'conflict' })
  await one.manager.schedule(broken, { everyMs: 3_600_000 }, { id: 'hourly', payload: {} })
  const paths: [method: string, path: string][] = [
    ['GET', `/${taskId}`],
    ['GET', `/${taskId}/status`],
    ['GET', `/${taskId}/logs`],
    ['GET', `/${taskId}/graph`],
    ['POST', `/${taskId}/retry`],
    ['POST', `/${taskId}/cancel`],
    ['POST', `/${taskId}/run`],
    ['GET', '/schedules/hourly'],
    ['POST', '/schedules/hourly/run'],
    ['DELETE', '/schedules/hourly'],
  ]
  for (const [method, path] of paths) {
    const { status, text } = await other.ask(method, path)
    expect(status, `${method} ${path}`).toBe(404)
    expect(text).not.toContain('not for others')
  }
  for (const path of ['', '/logs', '/schedules', '/audit', '/export.csv']) {
    expect((await other.ask('GET', path)).text, path).not.toContain(taskId)
  }
  expect((await one.ask('GET', `/${taskId}`)).status).toBe(200)
  await one.stop()
  await other.stop()
})
