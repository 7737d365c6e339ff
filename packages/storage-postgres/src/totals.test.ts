import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type PostgresStorage, postgresStorage } from './index.ts'
import { FAILED, SUCCESS } from './lib/codes.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'

let database: TestDatabase
let storage: PostgresStorage

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  storage = postgresStorage({ url: database.url, max: 2 })
  await storage.open()
})

afterAll(async () => {
  await storage.close()
  await database.drop()
})

const store = (funcName: string, state: number, count: number) =>
  database.sql`insert into taskflow.done (id, func, state, run_at, created_at, ended_at, fence, rev,
      attempts_made, max_attempts, crashes, log_count, log_chunked, requeue, executor, source, payload)
    select concat_ws('-', ${funcName}::text, ${state}::int, n), ${funcName}, ${state}, 0, 0, 0, 1, 2,
      1, 1, 0, 0, 0, 0, 'async', 'manual', '{}' from generate_series(1, ${count}::int) as n`

describe('the total of what succeeded of a function', () => {
  it.each([
    ['few of few', 3, 2, 3],
    ['few beside more failures than are counted', 3, 10_005, 3],
    ['more than are counted', 10_005, 2, 10_000],
    ['as many as are counted', 10_000, 2, 10_000],
    ['none', 0, 2, 0],
  ])('%s', async (funcName, succeeded, failed, total) => {
    await store(funcName, SUCCESS, succeeded)
    await store(funcName, FAILED, failed)
    const list = await storage.list({
      filter: { funcName: [funcName], status: ['success'] },
      limit: 2,
    })
    expect(list).toMatchObject({ total, totalExact: succeeded <= 10_000 })
    const others = await storage.list({
      filter: { funcName: [funcName, 'other'], status: ['success', 'failed'] },
      limit: 2,
    })
    expect(others.total).toBe(Math.min(succeeded + failed, 10_000))
  })
})
