import { StorageUnavailableError, type TaskStorage } from '@taskflow/core'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createProxy, type TestProxy } from '../../../tools/tcp-proxy.ts'
import { postgresStorage } from './index.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { beatOf, taskOf } from './lib/testing-tasks.ts'

let database: TestDatabase
let proxy: TestProxy
let storage: TaskStorage

beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'))
  proxy = await createProxy(database.url)
  storage = postgresStorage({ url: proxy.url, max: 3, timeoutMs: 5_000 })
  await storage.open()
})

afterEach(async () => {
  await storage.close()
  await proxy.close()
  await database.drop()
})

const add = (taskId: string) => storage.insert({ tasks: [taskOf(taskId)] })

async function refusal(call: Promise<unknown>): Promise<StorageUnavailableError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(StorageUnavailableError)
  return error as StorageUnavailableError
}

async function heals(): Promise<void> {
  await vi.waitFor(async () => storage.metrics({ queries: [{}] }), { timeout: 20_000 })
  await vi.waitFor(async () => storage.owned({ instanceId: 'a' }), { timeout: 20_000 })
}

const exists = async (taskId: string) => (await storage.get({ taskIds: [taskId] }))[0] !== null

describe('an outage', () => {
  it('rejects as not committed while connections are refused, and heals', async () => {
    await add('before')
    await proxy.down()
    // The connections that were cut may not be known to be.
    await refusal(storage.owned({ instanceId: 'a' }))
    expect((await refusal(add('during'))).committed).toBe('no')
    await proxy.up()
    await heals()
    expect(await exists('before')).toBe(true)
    expect(await exists('during')).toBe(false)
  })

  it('says that it does not know when the answer was lost, and a repeat is safe', async () => {
    await add('before')
    proxy.cutAnswerTo('lost')
    const error = await refusal(add('lost'))
    expect(error.committed).toBe('unknown')
    await heals()
    expect(await add('lost')).toEqual([{ taskId: 'lost', duplicate: true }])
  })

  it('does not wait for ever for a server that says nothing', async () => {
    await add('before')
    proxy.silence()
    const error = await refusal(add('silent'))
    expect(error.message).toMatch(/does not answer|cannot be reached/)
    await refusal(add('again'))
    proxy.heal()
    await heals()
    await add('after')
  })

  it('goes on after all its sessions were terminated', async () => {
    await storage.beat(beatOf('a', 0))
    for (let round = 0; round < 3; round += 1) {
      await database.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'taskflow'`
      await vi.waitFor(async () => add(`round-${round}`), { timeout: 20_000 })
    }
    // Another connection may still have to notice that it was ended.
    const [task] = await vi.waitFor(async () => storage.get({ taskIds: ['round-2'] }), {
      timeout: 20_000,
    })
    expect(task?.status).toBe('pending')
  })

  it('says that the server is read-only, and heals when it is not any more', async () => {
    const name = new URL(database.url).pathname.slice(1)
    const set = (value: string) =>
      database.sql.unsafe(`alter database ${name} set default_transaction_read_only = ${value};
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'taskflow'`)
    await set('on')
    const error = await vi.waitFor(
      async () => {
        const refused = await refusal(add('x'))
        expect(refused.message).toMatch(/read-only/)
        return refused
      },
      { timeout: 20_000 },
    )
    expect(error.committed).toBe('no')
    await database.sql.unsafe(`set default_transaction_read_only = off;
      alter database ${name} set default_transaction_read_only = off`)
    await database.sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'taskflow'`
    await vi.waitFor(async () => add('x'), { timeout: 20_000 })
  })

  it('tells neither SQL nor values nor the password in errors', async () => {
    const bad = { ...taskOf('x'), funcName: null, payload: 'secret' }
    const error = await storage.insert({ tasks: [bad as never] }).catch((reason: unknown) => reason)
    expect(String(error) + JSON.stringify(error)).not.toMatch(/secret|insert into/i)
    const url = new URL(proxy.url)
    url.username = 'nobody'
    url.password = 'hunter2'
    const other = postgresStorage({ url: url.href })
    const refused = await other.open().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(refused).toBeInstanceOf(StorageUnavailableError)
    expect(String(refused)).not.toMatch(/hunter2/)
  })
})

describe('a slow statement', () => {
  it('is ended by the server in time, and nothing of it is committed', async () => {
    const quick = postgresStorage({ url: database.url, max: 1, timeoutMs: 300 })
    await quick.open()
    const locker = postgres(database.url, { max: 1 })
    await locker.begin(async (tx) => {
      await tx`lock table taskflow.live in access exclusive mode`
      const error = await refusal(quick.insert({ tasks: [taskOf('slow')] }))
      expect(error.committed).toBe('no')
    })
    await locker.end()
    expect(await quick.get({ taskIds: ['slow'] })).toEqual([null])
    await quick.close()
  })
})

describe('a slow search', () => {
  it('is ended by the server long before calls that change something are', async () => {
    const patient = postgresStorage({ url: database.url, timeoutMs: 600_000, listen: false })
    await patient.open()
    await database.sql.begin(async (sql) => {
      await sql`lock table taskflow.live in access exclusive mode`
      const search = '%_\\'.repeat(60)
      const error = await refusal(patient.list({ filter: { search }, limit: 1_000 }))
      expect(error.message).toMatch(/took too long \(57014\)/)
      expect(error.committed).toBe('no')
    })
    expect(await patient.list({ filter: {}, limit: 1 })).toMatchObject({ total: 0 })
    await patient.close()
  })
})

describe('listening', () => {
  it('says that its connection is lost, connects anew and hears again', async () => {
    const hints: string[] = []
    const states: boolean[] = []
    const stop = await storage.listen?.({
      hint: (kind) => hints.push(kind),
      up: (up) => states.push(up),
    })
    await database.sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen%'`
    await vi.waitFor(() => expect(states).toEqual([false, true]), { timeout: 20_000 })
    const other = postgresStorage({ url: database.url, max: 1 })
    await other.open()
    await other.insert({ tasks: [taskOf('x')] })
    await vi.waitFor(() => expect(hints).toContain('work'), { timeout: 20_000 })
    await stop?.()
    await other.close()
  })

  it('notices that its connection has died without a word', async () => {
    const states: boolean[] = []
    const stop = await storage.listen?.({ hint: () => {}, up: (up) => states.push(up) })
    proxy.silence()
    await vi.waitFor(() => expect(states).toEqual([false]), { timeout: 25_000, interval: 200 })
    proxy.heal()
    await vi.waitFor(() => expect(states).toEqual([false, true]), { timeout: 25_000 })
    await stop?.()
  }, 60_000)

  const listenersNow = async () =>
    (
      await database.sql`select 1 from pg_stat_activity
        where datname = current_database() and query ~* '^(listen|select pg_notify)'`
    ).length

  it('ends with the storage that is closed at that moment', async () => {
    const other = postgresStorage({ url: database.url, max: 1 })
    await other.open()
    const listening = other.listen?.({ hint: () => {}, up: () => {} }).catch(() => {})
    await other.close()
    await listening
    await vi.waitFor(async () => expect(await listenersNow()).toBe(0))
  })

  it('keeps one connection when a listener comes while it waits to connect anew', async () => {
    const states: boolean[] = []
    const none = { hint: () => {}, up: (up: boolean) => void states.push(up) }
    const stop = await storage.listen?.(none)
    await proxy.down()
    await vi.waitFor(() => expect(states).toEqual([false]))
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await proxy.up()
    const stopOther = await storage.listen?.({ hint: () => {}, up: () => {} })
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(await listenersNow()).toBe(1)
    await stop?.()
    await stopOther?.()
    await vi.waitFor(async () => expect(await listenersNow()).toBe(0))
  })

  it('does not wait for ever for a server that is silent once it is connected', async () => {
    const states: boolean[] = []
    proxy.silenceAt('listen "')
    const stop = await storage.listen?.({ hint: () => {}, up: (up) => states.push(up) })
    expect(states).toEqual([false])
    proxy.heal()
    await vi.waitFor(() => expect(states).toEqual([false, true]), { timeout: 20_000 })
    await stop?.()
  })
})
