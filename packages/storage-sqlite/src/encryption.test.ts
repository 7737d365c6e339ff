import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineTask, TaskManager } from '@taskflow/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createFixture, type SqliteFixture } from './lib/testing.ts'

const MARKER = 'nobody-reads-this'
const SECRET = 'the-secret-in-the-logs'
const encryption = { keys: [{ id: 'key', secret: 'a secret of the app that is long enough' }] }

let fixture: SqliteFixture
let manager: TaskManager
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

beforeEach(async () => {
  fixture = await createFixture()
  manager = new TaskManager({ tasks: [task], storage: fixture.storage, encryption })
  await manager.start()
  seen.length = 0
  state.fails = true
})

afterEach(async () => {
  await manager.stop({ graceMs: 0, abortMs: 0 })
  await fixture.dispose()
})

async function ended(taskId: string) {
  return vi.waitFor(
    async () => {
      const record = await manager.get(taskId)
      expect(record?.endTime).not.toBe(null)
      return record
    },
    { timeout: 10_000 },
  )
}

it('no file of the storage holds what is encrypted or secret, and one retry of many runs', async () => {
  const payload = { text: MARKER, token: SECRET }
  const { taskId } = await manager.enqueue(task, payload)
  expect(await ended(taskId)).toMatchObject({ status: 'failed', error: 'no •••' })
  state.fails = false
  const retries = await Promise.all(Array.from({ length: 20 }, () => manager.retry(taskId)))
  expect(new Set(retries.map((ref) => ref.taskId)).size).toBe(1)
  expect(await ended(retries[0]?.taskId ?? '')).toMatchObject({ status: 'success' })
  expect(seen).toEqual([payload, payload])

  const files = await readdir(fixture.folder)
  const bytes = await Promise.all(files.map((file) => readFile(join(fixture.folder, file))))
  const all = Buffer.concat(bytes)
  expect(all.includes('with •••')).toBe(true)
  expect(all.includes('$encrypted')).toBe(true)
  expect(all.includes(MARKER)).toBe(false)
  expect(all.includes(SECRET)).toBe(false)
})
