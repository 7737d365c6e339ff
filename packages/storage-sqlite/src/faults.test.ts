import { chmod, copyFile, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageUnavailableError } from '@taskflow/core'
import { buildSettlement } from '@taskflow/core/testing'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqliteStorage } from './index.ts'
import { Engine } from './lib/engine.ts'
import { toFailure } from './lib/errors.ts'
import { packInsert } from './lib/pack.ts'
import { beatOf, createFixture, errorOf, newTask, type SqliteFixture } from './lib/testing.ts'

const MIB = 1024 * 1024

let fixture: SqliteFixture

beforeEach(async () => {
  fixture = await createFixture({ synchronous: 'normal' })
  await fixture.storage.open()
})

afterEach(() => fixture.dispose())

function some(from: number, count: number, payload = '{}') {
  return Array.from({ length: count }, (_, n) =>
    newTask(`task-${String(from + n).padStart(8, '0')}`, { payload }),
  )
}

async function pending(): Promise<number | undefined> {
  const [metrics] = await fixture.storage.metrics({ queries: [{}] })
  return metrics?.pending
}

describe('another writer that holds the lock', () => {
  it('leaves reads and the event loop free, then each call rejects, and nothing is lost', async () => {
    const client = new Database(fixture.file)
    client.exec('begin immediate')
    const inserts = [1, 2, 3].map((n) => errorOf(fixture.storage.insert({ tasks: some(n, 1) })))
    let rejected = false
    void Promise.all(inserts).then(() => {
      rejected = true
    })
    for (let turns = 0; turns < 100; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      expect(await pending()).toBe(0)
    }
    expect(rejected).toBe(false)
    for (const error of await Promise.all(inserts)) {
      expect(error).toBeInstanceOf(StorageUnavailableError)
      expect(error).toMatchObject({ committed: 'no' })
    }
    client.exec('commit')
    client.close()
    await fixture.storage.insert({ tasks: some(1, 3) })
    expect(await pending()).toBe(3)
  }, 20_000)
})

describe('a file that may not be written', () => {
  it('is said at run time, and heals', async () => {
    await fixture.storage.close()
    const options = { file: fixture.file, synchronous: 'normal', tablePrefix: 'taskflow_' } as const
    const engine = new Engine(options)
    await engine.open()
    engine.store?.client.pragma('query_only = on')
    let failure: unknown
    try {
      engine.call('insert', packInsert({ tasks: some(1, 1) }))
    } catch (error) {
      failure = toFailure(error, fixture.file)
    }
    expect(failure).toMatchObject({
      code: 'unavailable',
      committed: 'no',
      message: expect.stringMatching(/read-only/),
    })
    expect(engine.call('insert', packInsert({ tasks: some(1, 1) }))).toBe(null)
    engine.close()
  })

  it.skipIf(process.getuid?.() === 0)('is refused at the start', async () => {
    await fixture.storage.close()
    await chmod(fixture.file, 0o400)
    expect((await errorOf(fixture.storage.open())).message).toMatch(/read-only|may not be written/)
    await chmod(fixture.file, 0o600)
    await fixture.storage.open()
  })
})

describe('a write-ahead file that was cut off', () => {
  it('takes nothing back but the commits in the part that is gone', async () => {
    await fixture.storage.insert({ tasks: some(1, 1) })
    const kept = (await stat(`${fixture.file}-wal`)).size
    await fixture.storage.insert({ tasks: some(2, 500, '"x"'.repeat(100)) })
    // As a crash leaves it: the database as it was, and a part of what was written since.
    const copy = join(fixture.folder, 'copy.db')
    await copyFile(fixture.file, copy)
    await copyFile(`${fixture.file}-wal`, `${copy}-wal`)
    await truncate(`${copy}-wal`, kept + 10_000)
    const storage = sqliteStorage({ file: copy, worker: false })
    await storage.open()
    const { tasks } = await storage.list({ filter: {}, limit: 10 })
    expect(tasks.map(({ taskId }) => taskId)).toEqual(['task-00000001'])
    await storage.close()
  })
})

describe('a file that is damaged while it is open', () => {
  it('is not written over', async () => {
    await fixture.storage.insert({ tasks: some(1, 3000, JSON.stringify('x'.repeat(500))) })
    await fixture.storage.close()
    const bytes = await readFile(fixture.file)
    const client = new Database(fixture.file)
    const page = client
      .prepare(`select rootpage from sqlite_master where name = 'taskflow_live'`)
      .pluck()
      .get() as number
    client.close()
    bytes.fill(0xa5, (page - 1) * 4096, page * 4096)
    const copy = join(fixture.folder, 'damaged.db')
    const { writeFile } = await import('node:fs/promises')
    await writeFile(copy, bytes)
    const storage = sqliteStorage({ file: copy, worker: false })
    const error = await errorOf(storage.open())
    expect(error).toBeInstanceOf(StorageUnavailableError)
    expect(error.message).toMatch(/damaged/)
    expect(Buffer.compare(await readFile(copy), bytes)).toBe(0)
  })
})

describe('the write-ahead file', () => {
  const size = async () => (await stat(`${fixture.file}-wal`)).size

  it('stays small while many read and write', async () => {
    const other = await fixture.second()
    await other.open()
    await fixture.storage.beat(beatOf('a'))
    let writing = true
    const readers = Array.from({ length: 20 }, async () => {
      while (writing) await other.list({ filter: {}, limit: 10 })
    })
    let largest = 0
    let settle: Parameters<typeof fixture.storage.turn>[0]['settle'] = []
    for (let from = 0; from < 40_000; from += 500) {
      await fixture.storage.insert({ tasks: some(from, 500, JSON.stringify('x'.repeat(200))) })
      const claim = { limit: 500, funcNames: ['work'] }
      const { claimed } = await fixture.storage.turn({ instanceId: 'a', settle, claim })
      settle = claimed.map(({ taskId, fence }) => buildSettlement({ taskId, fence }))
      largest = Math.max(largest, await size())
    }
    writing = false
    await Promise.all(readers)
    expect(largest).toBeLessThan(16 * MIB)
  }, 60_000)

  it('stays small though at no time nobody reads', async () => {
    const readers = [new Database(fixture.file), new Database(fixture.file)]
    let turn = 0
    // One of them is always in a state of the database that is older than the last commit.
    const readOn = () => {
      const reader = readers[turn++ % 2]
      if (reader?.inTransaction) reader.exec('commit')
      reader?.exec('begin')
      reader?.prepare('select count(*) from taskflow_meta').get()
    }
    const timer = setInterval(readOn, 5)
    let largest = 0
    for (let from = 0; from < 30_000; from += 100) {
      readOn()
      await fixture.storage.insert({ tasks: some(from, 100, JSON.stringify('x'.repeat(500))) })
      largest = Math.max(largest, await size())
    }
    clearInterval(timer)
    for (const reader of readers) reader.close()
    expect(largest).toBeLessThan(16 * MIB)
  }, 60_000)

  it('is small again after a reader that stayed for long', async () => {
    const reader = new Database(fixture.file)
    reader.exec('begin')
    reader.prepare('select count(*) from taskflow_live').get()
    const payload = JSON.stringify('x'.repeat(5_000))
    for (let from = 0; from < 4000; from += 500) {
      await fixture.storage.insert({ tasks: some(from, 500, payload) })
    }
    expect(await size()).toBeGreaterThan(16 * MIB)
    reader.close()
    for (let from = 4000; from < 4010; from += 1) {
      await fixture.storage.insert({ tasks: some(from, 1) })
    }
    expect(await size()).toBeLessThanOrEqual(16 * MIB)
  }, 60_000)
})
