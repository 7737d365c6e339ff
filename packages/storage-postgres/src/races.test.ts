import type { StorageUnavailableError } from '@taskflow/core'
import { buildSettlement } from '@taskflow/core/testing'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createProxy } from '../../../tools/tcp-proxy.ts'
import { type PostgresStorage, postgresStorage } from './index.ts'
import { channelOf } from './lib/hints.ts'
import { checkOptions } from './lib/options.ts'
import { CLOCK } from './lib/sql.ts'
import { Store } from './lib/store.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { beatOf, taskOf } from './lib/testing-tasks.ts'
import { SINCE } from './lib/verbs/changes.ts'
import { housekeeping } from './lib/verbs/housekeeping.ts'
import { LOCK_ORPHANS } from './lib/verbs/recover.ts'

let database: TestDatabase
let storage: PostgresStorage
let store: Store

beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'))
  const options = { url: database.url, max: 2 }
  storage = postgresStorage(options)
  await storage.open()
  store = new Store(checkOptions(options), 'epoch')
})

afterEach(async () => {
  await store.close()
  await storage.close()
  await database.drop()
})

const claim = { limit: 10, funcNames: ['work'] }
const limits = { maxCrashes: 3, crashDelayMs: 0 }
const claimAs = async (instanceId: string) =>
  (await storage.turn({ instanceId, settle: [], claim })).claimed

describe('recover', () => {
  it('leaves a task alone that another freed, and a third runs, while it looks', async () => {
    await storage.beat(beatOf('dead', 0))
    await storage.beat(beatOf('live', 0))
    await storage.insert({ tasks: [taskOf('x')] })
    expect(await claimAs('dead')).toHaveLength(1)
    await database.sql`delete from taskflow.instances where id = 'dead'`
    await database.sql.begin(async (tx) => {
      // What a cursor sees is settled here; its rows are locked as they are fetched.
      await tx.unsafe(`declare orphans cursor for ${store.named(LOCK_ORPHANS)}`)
      expect(await storage.recover({ dead: [], ...limits })).toHaveLength(1)
      expect(await claimAs('live')).toHaveLength(1)
      expect(await tx`fetch all from orphans`).toEqual([])
    })
  })
})

describe('a turn', () => {
  it('ends a task whose id has ended before, with all the others', async () => {
    await storage.beat(beatOf('live', 0))
    const run = async (...ids: string[]) => {
      expect(await claimAs('live')).toHaveLength(ids.length)
      const settle = ids.map((taskId) => buildSettlement({ taskId, fence: 1 }))
      const turn = await storage.turn({ instanceId: 'live', settle, claim })
      expect(turn.settled.map(({ result }) => result)).toEqual(ids.map(() => 'settled'))
    }
    await storage.insert({ tasks: [taskOf('x')] })
    await run('x')
    // As if it had ended between the look for it and the insert.
    await database.sql`update taskflow.done set id = 'aside'`
    await storage.insert({ tasks: [taskOf('x'), taskOf('y')] })
    await database.sql`update taskflow.done set id = 'x'`
    await run('x', 'y')
    const metrics = await storage.metrics({ queries: [{}] })
    expect(metrics).toMatchObject([{ running: 0, pending: 0 }])
  })
})

describe('a rate', () => {
  it('counts a start from when it was its turn, not from when it began to wait for it', async () => {
    const rated = {
      limit: 1,
      funcNames: ['work'],
      limits: [{ funcName: 'work', rateLimit: { count: 10, perMs: 1_000 } }],
    }
    const start = async () =>
      (await storage.turn({ instanceId: 'live', settle: [], claim: rated })).claimed
    await storage.beat(beatOf('live', 0))
    await storage.insert({ tasks: [taskOf('x'), taskOf('y')] })
    expect(await start()).toHaveLength(1)
    const meanwhile = await database.sql.begin(async (tx) => {
      await tx`select 1 from taskflow.functions for update`
      const started = start()
      const waiting = () => database.sql`select 1 from pg_locks where not granted`
      await vi.waitFor(async () => expect(await waiting()).not.toEqual([]))
      const [row] = await tx.unsafe(
        `update taskflow.functions set used_at = ${CLOCK} returning used_at`,
      )
      return { started, at: Number(row?.used_at) }
    })
    expect(await meanwhile.started).toMatchObject([{ taskId: 'y' }])
    const [row] = await database.sql`select used_at from taskflow.functions`
    expect(Number(row?.used_at)).toBeGreaterThanOrEqual(meanwhile.at)
    const [task] = await storage.get({ taskIds: ['y'] })
    expect(task?.attempts[0]?.claimedAt).toBeGreaterThanOrEqual(meanwhile.at)
  })
})

describe('a call of two statements', () => {
  it.each([
    ['lost its connection', { code: 'ECONNREFUSED' }],
    ['was refused', { code: '57014', severity: 'ERROR' }],
  ])('is not known to have had no effect when the second %s', async (_, problem) => {
    const call = store.work(async (runner) => {
      await runner.run(`insert into {meta} values ('first', '1')`)
      throw Object.assign(new Error('second'), problem)
    })
    const error = await call.catch((reason: StorageUnavailableError) => reason)
    expect(error).toMatchObject({ code: 'unavailable', committed: 'unknown' })
  })
})

describe('a beat', () => {
  it('does not wait behind statements that wait', async () => {
    const { audit } = storage
    const entry = { action: 'x', taskId: null, actor: 'me', detail: {} }
    await database.sql.begin(async (tx) => {
      await tx`lock table taskflow.audit in access exclusive mode`
      const waiting = Array.from({ length: 6 }, (_, n) =>
        audit?.append({ entries: [{ ...entry, entryId: `${n}` }] }).catch(() => {}),
      )
      const late = new Promise((resolve) => setTimeout(resolve, 3_000, 'late'))
      const beat = storage.beat(beatOf('a', 0))
      expect(await Promise.race([beat, late])).toMatchObject({ alive: true })
      void waiting
    })
  })
})

describe('a session', () => {
  it('is ended by the server when its process stops within a transaction', async () => {
    const [row] = await store.work((runner) =>
      runner.run<{ ms: number }>(
        `select setting::int as ms from pg_settings
          where name = 'idle_in_transaction_session_timeout'`,
      ),
    )
    expect(row?.ms).toBe(10_000)
  })
})

describe('using', () => {
  it('meets another insert of the same task, and stores all of the rest', async () => {
    await storage.insert({ tasks: [taskOf('parent')] })
    const other = await database.sql.reserve()
    await other`begin`
    await storage.using(other).insert({ tasks: [taskOf('x')] })
    const insert = database.sql.begin(async (tx) => {
      const tasks = ['x', 'y'].map((id) => taskOf(id, { dependsOn: ['parent'] }))
      // An app may catch what an insert throws and go on.
      return storage
        .using(tx)
        .insert({ tasks })
        .catch((error: unknown) => error)
    })
    await vi.waitFor(async () => {
      const rows = await store.look((runner) =>
        runner.run(`select 1 from pg_locks where not granted`),
      )
      expect(rows).toHaveLength(1)
    })
    await other`commit`
    other.release()
    expect(await insert).toEqual([
      { taskId: 'x', duplicate: true },
      { taskId: 'y', duplicate: false },
    ])
    const [y] = await storage.get({ taskIds: ['y'] })
    expect(y).toMatchObject({ phase: 'blocked', blockedBy: ['parent'] })
  })
})

describe('children', () => {
  it('are released in the end though the turn could not', async () => {
    const proxy = await createProxy(database.url)
    const shaky = postgresStorage({ url: proxy.url, max: 2, listen: false })
    await shaky.open()
    await shaky.beat(beatOf('a', 0))
    await shaky.insert({ tasks: [taskOf('parent'), taskOf('child', { dependsOn: ['parent'] })] })
    const { claimed } = await shaky.turn({ instanceId: 'a', settle: [], claim })
    const settle = claimed.map(({ taskId, fence }) => buildSettlement({ taskId, fence }))
    proxy.cutAnswerTo('delete from "taskflow"."released"')
    const { settled } = await shaky.turn({ instanceId: 'a', settle, claim: null })
    expect(settled).toMatchObject([{ result: 'settled' }])
    expect((await storage.get({ taskIds: ['child'] }))[0]?.phase).toBe('blocked')
    await housekeeping(store)
    expect((await storage.get({ taskIds: ['child'] }))[0]?.phase).toBe('queued')
    await shaky.close()
    await proxy.close()
  })
})

describe('a database that begins transactions in another isolation level', () => {
  it('does not make two retries of one', async () => {
    const { pathname } = new URL(database.url)
    await database.sql.unsafe(`alter database ${pathname.slice(1)}
      set default_transaction_isolation = 'repeatable read'`)
    const others = Array.from({ length: 4 }, () => postgresStorage({ url: database.url, max: 2 }))
    await Promise.all(others.map((other) => other.open()))
    for (let round = 0; round < 10; round += 1) {
      const original = `original-${round}`
      await storage.insert({ tasks: [taskOf(original)] })
      await storage.cancel({ taskIds: [original] })
      const inserts = others.map((other, n) =>
        other.insert({ tasks: [taskOf(`${round}-${n}`, { retryOf: original })] }),
      )
      const results = (await Promise.all(inserts)).flat()
      expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
    }
    await Promise.all(others.map((other) => other.close()))
  })
})

describe('hints', () => {
  it('are told though the storage is closed at once', async () => {
    const [meta] = await database.sql`select value from taskflow.meta where name = 'epoch'`
    const heard: string[] = []
    const ear = postgres(database.url, { max: 1 })
    await ear.listen(channelOf(String(meta?.value)), (text) => void heard.push(text))
    const brief = postgresStorage({ url: database.url, max: 2 })
    await brief.open()
    await brief.changes?.head()
    await brief.insert({ tasks: [taskOf('1')] })
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    await brief.insert({ tasks: [taskOf('2')] })
    await brief.insert({ tasks: [taskOf('3')] })
    await brief.close()
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(2))
    expect(heard).toHaveLength(3)
    await ear.end()
  })
})

describe('the change feed', () => {
  it('does not read again what came while a transaction stays open', async () => {
    await database.sql.begin(async (tx) => {
      await tx`select pg_current_xact_id()`
      for (let n = 0; n < 300; n += 1) await storage.insert({ tasks: [taskOf(`${n}`)] })
      const [, seen] = ((await storage.changes?.head()) ?? '').split('.')
      await storage.insert({ tasks: [taskOf('new')] })
      const [row] = await store.look((runner) =>
        runner.run<{ 'QUERY PLAN': PlanRow[] }>(`explain (analyze, format json)
          ${SINCE.replaceAll('$1', `'${seen}'`)
            .replaceAll('$2', 'null')
            .replaceAll('$3', "'0'")
            .replaceAll('$4', '10')}`),
      )
      const plan = JSON.stringify(row?.['QUERY PLAN'])
      const read = [...plan.matchAll(/"Rows Removed by Filter": ?(\d+)/g)].map(([, n]) => Number(n))
      expect(Math.max(0, ...read)).toBeLessThan(20)
    })
  })

  it('never cuts what one call changed', async () => {
    const since = async (cursor = '', limit = 1) =>
      (await storage.changes?.since({ cursor, limit }))?.taskIds.sort()
    await storage.insert({ tasks: [taskOf('parent')] })
    const ids = ['a', 'b', 'c', 'd']
    const head = await storage.changes?.head()
    await storage.insert({
      tasks: ids.map((id) => taskOf(id, { dependsOn: ['parent'], onParentFailure: 'fail' })),
    })
    const later = await storage.changes?.head()
    await storage.cancel({ taskIds: ['parent'] })
    expect(await since(head, 2)).toEqual(ids)
    // Of several statements, for it fails others.
    expect(await since(later)).toEqual([...ids, 'parent'])
  })

  it('forgets all that is old at once, however much it is', async () => {
    await database.sql`insert into taskflow.changes (ids)
      select array['x'] from generate_series(1, 12000)`
    for (let round = 0; round < 2; round += 1) {
      await database.sql`update taskflow.feed set marked_at = marked_at - interval '2 minutes'`
      await housekeeping(store)
    }
    const rows = await database.sql`select 1 from taskflow.changes`
    expect(rows).toHaveLength(0)
  })
})

type PlanRow = Record<string, unknown>
