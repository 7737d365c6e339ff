import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { StorageUnavailableError, TaskflowError, type TaskStorage } from '@taskflow/core'
import Database from 'better-sqlite3'
import { getTableColumns } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sqliteStorage } from './index.ts'
import { defineTables } from './lib/schema.ts'
import { createFixture, errorOf, newTask } from './lib/testing.ts'

let fixture: Awaited<ReturnType<typeof createFixture>>

beforeEach(async () => {
  fixture = await createFixture({ worker: false })
})

afterEach(() => fixture.dispose())

async function refusal(options: { file: string; tablePrefix?: string }): Promise<Error> {
  const storage = sqliteStorage({ worker: false, ...options })
  const error = await storage.open().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await storage.close()
  expect(error).toBeInstanceOf(StorageUnavailableError)
  return error as Error
}

async function some(storage: TaskStorage = fixture.storage, taskId = 'one'): Promise<void> {
  await storage.insert({ tasks: [newTask(taskId, { payload: '"secret"' })] })
}

describe('options', () => {
  it.each([
    [undefined, 'an object of options'],
    [{ fiel: 1 }, 'no option "fiel": expected file'],
    [{}, "'file'"],
    [{ file: '' }, "'file'"],
    [{ file: 7 }, "'file'"],
    [{ file: 'file:x.db' }, "'file'"],
    [{ file: 'x', synchronous: 'off' }, "'synchronous'"],
    [{ file: 'x', tablePrefix: 'x"; --' }, "'tablePrefix'"],
    [{ file: 'x', tablePrefix: '' }, "'tablePrefix'"],
    [{ file: 'x', tablePrefix: 'sqlite_' }, "'tablePrefix'"],
    [{ file: 'x', worker: 1 }, "'worker'"],
  ])('refuses %j', (options, expected) => {
    const make = () => sqliteStorage(options as never)
    expect(make).toThrow(TaskflowError)
    expect(make).toThrow(expected)
    expect(make).toThrow(expect.objectContaining({ code: 'configuration' }))
  })
})

describe('open', () => {
  it('makes the file and its tables once, for many at a time', async () => {
    const storages = Array.from({ length: 6 }, (_, n) =>
      sqliteStorage({ file: fixture.file, worker: n % 2 === 0 }),
    )
    await Promise.all(storages.map((storage) => storage.open()))
    await Promise.all(storages.map((storage, n) => some(storage, `task-${n}`)))
    const [metrics] = (await storages[0]?.metrics({ queries: [{}] })) ?? []
    expect(metrics?.pending).toBe(6)
    await Promise.all(storages.map((storage) => storage.close()))
  })

  it('has the columns that drizzle believes in', async () => {
    await fixture.storage.open()
    const client = new Database(fixture.file)
    for (const [name, table] of Object.entries(defineTables('taskflow_'))) {
      const real = client.prepare('select name from pragma_table_info(?)').pluck()
      const columns = Object.keys(getTableColumns(table))
      expect(real.all(`taskflow_${name}`).sort(), name).toEqual(columns.sort())
    }
    client.close()
  })

  it('lives beside the tables of the app, and beside another prefix', async () => {
    const client = new Database(fixture.file)
    client.exec(`create table users (name text); insert into users values ('ann')`)
    const other = sqliteStorage({ file: fixture.file, tablePrefix: 'other_', worker: false })
    await fixture.storage.open()
    await other.open()
    await some()
    expect(await other.get({ taskIds: ['one'] })).toEqual([null])
    expect(client.prepare('select name from users').pluck().all()).toEqual(['ann'])
    await other.close()
    client.close()
  })

  it('refuses a folder that is missing', async () => {
    const error = await refusal({ file: join(fixture.folder, 'none', 'x.db') })
    expect(error.message).toMatch(/folder/)
  })

  it('refuses a folder in place of a file', async () => {
    await refusal({ file: fixture.folder })
  })

  it('refuses what is not a database, and leaves it as it was', async () => {
    const text = 'Dear diary, '.repeat(1000)
    await writeFile(fixture.file, text)
    const error = await refusal({ file: fixture.file })
    expect(error.message).toMatch(/not an SQLite database/)
    expect(await readFile(fixture.file, 'utf8')).toBe(text)
  })

  it('refuses a file whose header was zeroed', async () => {
    await fixture.storage.open()
    await some()
    await fixture.storage.close()
    const bytes = await readFile(fixture.file)
    await writeFile(fixture.file, bytes.fill(0, 0, 100))
    await refusal({ file: fixture.file })
    expect(Buffer.compare(await readFile(fixture.file), bytes)).toBe(0)
  })

  it('refuses a damaged file', async () => {
    await fixture.storage.open()
    await some()
    await fixture.storage.close()
    const bytes = await readFile(fixture.file)
    for (let page = 1; page < bytes.length / 4096; page += 1) {
      bytes.fill(0xa5, page * 4096 + 3, page * 4096 + 200)
    }
    await writeFile(fixture.file, bytes)
    const error = await refusal({ file: fixture.file })
    expect(error.message).toMatch(/damaged/)
  })

  it('refuses tables of a newer release, and takes those it can still read', async () => {
    await fixture.storage.open()
    await fixture.storage.close()
    const client = new Database(fixture.file)
    const set = client.prepare('update taskflow_meta set value = ? where name = ?')
    set.run('7', 'version')
    await fixture.storage.open()
    await fixture.storage.close()
    set.run('5', 'minReader')
    client.close()
    const error = await refusal({ file: fixture.file })
    expect(error.message).toMatch(/newer taskflow/)
  })

  it('refuses tables of its name that it did not make', async () => {
    const client = new Database(fixture.file)
    client.exec('create table taskflow_live (x)')
    expect((await refusal({ file: fixture.file })).message).toMatch(/did not make/)
    client.exec('create table taskflow_meta (name, value)')
    expect((await refusal({ file: fixture.file })).message).toMatch(/did not make/)
    client.close()
  })

  it('opens after a refusal, once the reason is gone', async () => {
    await writeFile(fixture.file, 'not a database, not at all '.repeat(100))
    await expect(fixture.storage.open()).rejects.toThrow(/not an SQLite database/)
    await rm(fixture.file)
    await fixture.storage.open()
    await some()
  })

  it('refuses calls before it is open and after it was closed', async () => {
    await expect(fixture.storage.get({ taskIds: [] })).rejects.toThrow(/not open/)
    await fixture.storage.open()
    await fixture.storage.close()
    await expect(fixture.storage.get({ taskIds: [] })).rejects.toThrow(StorageUnavailableError)
  })

  it(':memory: lives as long as it is open', async () => {
    const storage = sqliteStorage({ file: ':memory:' })
    await storage.open()
    await some(storage)
    expect((await storage.get({ taskIds: ['one'] }))[0]?.status).toBe('pending')
    await storage.close()
  })
})

describe('at run time', () => {
  it('waits for another writer without blocking, and is heard then', async () => {
    await fixture.storage.open()
    const client = new Database(fixture.file)
    client.exec('begin immediate')
    let inserted = false
    const insert = some().then(() => {
      inserted = true
    })
    // Asked after the insert and answered before it: the thread is not blocked by its waiting.
    expect((await fixture.storage.list({ filter: {}, limit: 1 })).total).toBe(0)
    expect(inserted).toBe(false)
    client.exec('commit')
    await insert
    client.close()
  })

  it('gives up after five seconds, says so, and goes on when the lock is free', async () => {
    await fixture.storage.open()
    const client = new Database(fixture.file)
    client.exec('begin immediate')
    const error = await some().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StorageUnavailableError)
    expect(error).toMatchObject({ code: 'unavailable', committed: 'no' })
    expect((error as Error).message).toMatch(/locked by another connection/)
    client.close()
    await some()
  }, 15_000)

  it('notices that the file was moved, and goes on when it is back', async () => {
    await fixture.storage.open()
    await some()
    await rename(fixture.file, `${fixture.file}.away`)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await expect(some(fixture.storage, 'two')).rejects.toThrow(/deleted or moved/)
    await rename(`${fixture.file}.away`, fixture.file)
    await some(fixture.storage, 'two')
    expect((await fixture.storage.get({ taskIds: ['one'] }))[0]?.taskId).toBe('one')
  })

  it('goes on with a file that was put in its place', async () => {
    const other = await createFixture({ worker: false })
    await other.storage.open()
    await some(other.storage, 'restored')
    await other.storage.close()
    await fixture.storage.open()
    await some()
    const cursor = (await fixture.storage.changes?.head()) ?? ''
    await rename(other.file, fixture.file)
    await rm(`${fixture.file}-wal`, { force: true })
    await rm(`${fixture.file}-shm`, { force: true })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const [restored, one] = await fixture.storage.get({ taskIds: ['restored', 'one'] })
    expect(restored?.taskId).toBe('restored')
    expect(one).toBe(null)
    expect(await fixture.storage.changes?.since({ cursor, limit: 1 })).toMatchObject({ gap: true })
    await other.dispose()
  })

  it('tells neither SQL nor values in errors', async () => {
    await fixture.storage.open()
    const task = { taskId: 'x', funcName: null, payload: 'secret', tags: {} }
    const error = await fixture.storage
      .insert({ tasks: [task as never] })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TaskflowError)
    expect(JSON.stringify(error) + String(error)).not.toMatch(/secret|insert into|live\./i)
  })

  it('refuses what cannot be cloned, in its thread too', async () => {
    const storage = sqliteStorage({ file: ':memory:' })
    await storage.open()
    await expect(storage.get({ taskIds: [() => {}] as never })).rejects.toThrow()
    expect(await storage.get({ taskIds: ['x'] })).toEqual([null])
    await storage.close()
  })
})

describe('a thread that ended by itself', () => {
  let storage: TaskStorage
  let thread: Worker

  beforeEach(async () => {
    process.once('worker', (worker) => {
      thread = worker
    })
    storage = sqliteStorage({ file: fixture.file })
    await storage.open()
    await some(storage)
  })

  afterEach(() => storage.close())

  it('is replaced as soon as the file can be opened, and never makes another file', async () => {
    await thread.terminate()
    await rename(fixture.file, `${fixture.file}.away`)
    for (let n = 0; n < 2; n += 1) {
      const error = await errorOf(storage.get({ taskIds: ['one'] }))
      expect(error).toBeInstanceOf(StorageUnavailableError)
      expect(error.message).toMatch(/cannot be opened/)
    }
    await rename(`${fixture.file}.away`, fixture.file)
    expect((await storage.get({ taskIds: ['one'] }))[0]?.taskId).toBe('one')
  })

  it('is replaced by who listens too, and who could not listen is not told later', async () => {
    await thread.terminate()
    await rename(fixture.file, `${fixture.file}.away`)
    const deaf = vi.fn()
    const listen = storage.listen ?? expect.fail('it listens')
    expect(await errorOf(listen({ hint: deaf, up() {} }))).toBeInstanceOf(StorageUnavailableError)
    await rename(`${fixture.file}.away`, fixture.file)
    const heard = vi.fn()
    await listen({ hint: heard, up() {} })
    await fixture.storage.open()
    await some(fixture.storage, 'two')
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith('work'), { timeout: 5_000 })
    expect(deaf).not.toHaveBeenCalled()
  })
})
