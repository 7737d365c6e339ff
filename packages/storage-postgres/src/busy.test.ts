import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createProxy, type TestProxy } from '../../../tools/tcp-proxy.ts'
import { type PostgresStorage, postgresStorage } from './index.ts'
import { checkOptions } from './lib/options.ts'
import { Store } from './lib/store.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { taskOf } from './lib/testing-tasks.ts'

let database: TestDatabase
let proxy: TestProxy

beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'))
  proxy = await createProxy(database.url)
})

afterEach(async () => {
  await proxy.close()
  await database.drop()
})

/** Does nothing else in this process, as heavy computing or a synchronous flush would. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** What a call resolves or rejects with; never unhandled while it is not waited for. */
const resultOf = (call: Promise<unknown>) => call.catch((error: unknown) => error)

async function opened(timeoutMs: number): Promise<PostgresStorage> {
  const storage = postgresStorage({ url: database.url, max: 3, timeoutMs, listen: false })
  await storage.open()
  return storage
}

describe('a process that was busy itself', () => {
  it('reads the answer that came meanwhile before it gives up', async () => {
    const storage = await opened(1_000)
    await storage.insert({ tasks: [taskOf('before')] })
    const insert = resultOf(storage.insert({ tasks: [taskOf('during')] }))
    for (let turn = 0; turn < 3; turn += 1) await nextTurn()
    block(2_500)
    expect(await insert).toEqual([{ taskId: 'during', duplicate: false }])
    await storage.close()
  })

  it('does not take a server for gone that it had no time to hear', async () => {
    const storage = await opened(20_000)
    await storage.insert({ tasks: [taskOf('before')] })
    let locking: Promise<unknown> | undefined
    await new Promise<void>((locked) => {
      locking = database.sql.begin(async (sql) => {
        await sql`lock table taskflow.live in access exclusive mode`
        locked()
        await sql`select pg_sleep(6)`
      })
    })
    const insert = resultOf(storage.insert({ tasks: [taskOf('during')] }))
    const busy = setInterval(() => block(700), 1)
    try {
      expect(await insert).toEqual([{ taskId: 'during', duplicate: false }])
    } finally {
      clearInterval(busy)
    }
    await locking
    await storage.close()
  }, 60_000)

  it('connects, however long it was blocked while it did', async () => {
    const storage = await opened(20_000)
    const insert = resultOf(storage.insert({ tasks: [taskOf('first')] }))
    for (let turn = 0; turn < 3; turn += 1) {
      await nextTurn()
      block(2_500)
    }
    expect(await insert).toEqual([{ taskId: 'first', duplicate: false }])
    await storage.close()
  })
})

describe('a connection that died without a word', () => {
  it('is given up without those that others wait for', async () => {
    const store = new Store(checkOptions({ url: proxy.url, max: 3, timeoutMs: 4_000 }), 'epoch')
    const run = (text: string) => store.work((runner) => runner.run(text, [0]))
    proxy.muteAt('dead')
    const dead = resultOf(run('select $1::int as dead'))
    await run('select $1::int, pg_sleep(2.5)')
    const other = resultOf(run('select $1::int as other, pg_sleep(3)'))
    expect(await dead).toMatchObject({ code: 'unavailable', committed: 'unknown' })
    expect(await other).toHaveLength(1)
    await store.close()
  })
})
