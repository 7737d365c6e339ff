import { defineTask, TaskManager } from '@taskflow/core'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { postgresStorage } from './index.ts'
import { TABLES } from './lib/tables.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'

const MARKER = 'nobody-reads-this'
const SECRET = 'the-secret-in-the-logs'
const encryption = { keys: [{ id: 'key', secret: 'a secret of the app that is long enough' }] }

let database: TestDatabase
let managers: TaskManager[] = []
const seen: unknown[] = []
const state = { fails: true }
const task = defineTask({
  name: 'work',
  secret: ['token'],
  run(payload: { text: string; token: string }, { log }) {
    seen.push(payload)
    log(`with ${payload.token}`)
    if (state.fails) throw new Error(`no ${payload.token}`)
    return payload.text
  },
})

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  managers = [1, 2].map(() => {
    const storage = postgresStorage({ url: database.url, max: 4 })
    return new TaskManager({ tasks: [task], storage, encryption })
  })
  for (const manager of managers) await manager.start()
})

afterAll(async () => {
  for (const manager of managers) await manager.stop({ graceMs: 0, abortMs: 0 })
  await database.drop()
})

async function ended(taskId: string) {
  return vi.waitFor(
    async () => {
      const record = await managers[0]?.get(taskId)
      expect(record?.endTime).not.toBe(null)
      return record
    },
    { timeout: 10_000 },
  )
}

it('no table holds what is encrypted or secret, and one retry of two instances runs', async () => {
  const [one, two] = managers as [TaskManager, TaskManager]
  const payload = { text: MARKER, token: SECRET }
  const { taskId } = await one.enqueue(task, payload)
  expect(await ended(taskId)).toMatchObject({ status: 'failed', error: 'no •••' })
  state.fails = false
  const clicks = Array.from({ length: 20 }, (_, n) => (n % 2 ? one : two).retry(taskId))
  const retries = await Promise.all(clicks)
  expect(new Set(retries.map((ref) => ref.taskId)).size).toBe(1)
  expect(await ended(retries[0]?.taskId ?? '')).toMatchObject({ status: 'success' })
  expect(seen).toEqual([payload, payload])

  const tables = await Promise.all(
    TABLES.map((table) => database.sql.unsafe(`select x::text from taskflow.${table} as x`)),
  )
  const all = JSON.stringify(tables)
  expect(all).toContain('with •••')
  expect(all).toContain('$encrypted')
  expect(all).not.toContain(MARKER)
  expect(all).not.toContain(SECRET)
})
