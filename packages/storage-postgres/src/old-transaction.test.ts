import type { TurnResult } from '@taskflow/core'
import { buildSettlement } from '@taskflow/core/testing'
import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type PostgresStorage, postgresStorage } from './index.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { beatOf, taskOf } from './lib/testing-tasks.ts'

const T0 = Date.UTC(2026, 0, 1)
/** Enough for beats to notice. */
const PILE = 6_000
const LATER = T0 + 10_000

let database: TestDatabase
/** One session for everything that the storage does, so that the server's counts are whole. */
let session: Sql
let storage: PostgresStorage
let old: { over(): void; ended: Promise<void> }
let beats = 0

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  session = postgres(database.url, { max: 1, onnotice: () => {} })
  storage = postgresStorage({ sql: session, listen: false })
  await storage.open()
})

afterAll(async () => {
  await storage.close()
  await session.end()
  await database.drop()
})

beforeEach(async () => {
  await database.sql`delete from taskflow.live`
  await database.sql`vacuum taskflow.live`
  old = await oldTransaction()
  beats = 0
  await beat(T0)
  for (let n = 0; n < PILE / 1_000; n += 1) {
    const tasks = Array.from({ length: 1_000 }, (_, k) => taskOf(`${n}-${k}`, { runAt: T0 }))
    await storage.insert({ tasks, now: T0 })
    const { claimed } = await claim(1_000, T0)
    await storage.turn({ instanceId: 'a', settle: claimed.map(ended), claim: null, now: T0 })
  }
  await database.sql`delete from taskflow.done`
  // A look at the pile, and a claim that tells where the ready tasks begin.
  await beat(LATER)
  await storage.insert({ tasks: [taskOf('first')], now: LATER })
  expect(idsOf(await claim(10, LATER))).toEqual(['first'])
}, 30_000)

afterEach(async () => {
  old.over()
  await old.ended
})

describe('beside a transaction that keeps what was claimed in the index', () => {
  it('a claim reads little of it', async () => {
    await storage.insert({ tasks: [taskOf('new')], now: LATER + 5_000 })
    const before = await entriesRead()
    expect(idsOf(await claim(10, LATER + 5_000))).toEqual(['new'])
    expect((await entriesRead()) - before).toBeLessThan(PILE / 10)
  })

  it('a claim of several functions reads little of it', async () => {
    await storage.insert({ tasks: [taskOf('new')], now: LATER + 5_000 })
    const before = await entriesRead()
    expect(idsOf(await claim(10, LATER + 5_000, ['other', 'work']))).toEqual(['new'])
    expect((await entriesRead()) - before).toBeLessThan(PILE / 10)
  })

  it('a claim with limits reads little of it', async () => {
    await storage.insert({ tasks: [taskOf('new')], now: LATER + 5_000 })
    const before = await entriesRead()
    const limits = [{ funcName: 'work', concurrency: 2_000 }]
    const { claimed } = await storage.turn({
      instanceId: 'a',
      settle: [],
      claim: { limit: 10, funcNames: ['work'], limits },
      now: LATER + 5_000,
    })
    expect(claimed.map(({ taskId }) => taskId)).toEqual(['new'])
    expect((await entriesRead()) - before).toBeLessThan(PILE / 10)
  })

  it('priorities are kept, those that were never seen before too', async () => {
    const tasks = [
      taskOf('plain'),
      taskOf('low', { priority: -3 }),
      taskOf('high', { priority: 9 }),
      taskOf('higher', { priority: 20 }),
      taskOf('plain too'),
    ]
    await storage.insert({ tasks, now: LATER })
    const later = LATER + 5_000
    expect(idsOf(await claim(3, later))).toEqual(['higher', 'high', 'plain'])
    await storage.insert({ tasks: [taskOf('high too', { priority: 9 })], now: later })
    expect(idsOf(await claim(10, later))).toEqual(['high too', 'plain too', 'low'])
  })

  it('what is left of a full claim comes with the next, in order', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `task ${String(n).padStart(2, '0')}`)
    await storage.insert({ tasks: names.map((name) => taskOf(name)), now: LATER })
    const found: string[] = []
    for (let n = 0; n < 4; n += 1) found.push(...idsOf(await claim(8, LATER + n * 2_000)))
    expect(found).toEqual(names)
  })

  it('a task due later hides none that is due before it', async () => {
    await storage.insert({
      tasks: [taskOf('much later', { runAt: LATER + 3_600_000 })],
      now: LATER,
    })
    await beat(LATER)
    await storage.insert({ tasks: [taskOf('now')], now: LATER })
    expect(idsOf(await claim(10, LATER))).toEqual(['now'])
  })

  it('what this process stores as due earlier is claimed next', async () => {
    await storage.insert({ tasks: [taskOf('early', { runAt: T0 - 5_000 })], now: LATER })
    expect(idsOf(await claim(10, LATER))).toEqual(['early'])
  })

  it('what this process gives back is claimed next', async () => {
    await storage.insert({ tasks: [taskOf('given back', { runAt: T0 })], now: LATER })
    const first = await claim(10, LATER)
    // Newer tasks move the floor on.
    await storage.insert({ tasks: [taskOf('newer')], now: LATER + 5_000 })
    await claim(10, LATER + 5_000)
    const settle = first.claimed.map(({ taskId, fence }) =>
      buildSettlement({ taskId, fence, outcome: { type: 'unstarted' } }),
    )
    await storage.turn({ instanceId: 'a', settle, claim: null, now: LATER + 5_000 })
    expect(idsOf(await claim(10, LATER + 5_000))).toEqual(['given back'])
  })

  it('a child that waited long is claimed once its parent has ended', async () => {
    await storage.insert({
      tasks: [taskOf('parent'), taskOf('child', { dependsOn: ['parent'], runAt: T0 })],
      now: LATER,
    })
    const { claimed } = await claim(10, LATER)
    await storage.insert({ tasks: [taskOf('newer')], now: LATER + 5_000 })
    await claim(10, LATER + 5_000)
    const settle = claimed.map(ended)
    await storage.turn({ instanceId: 'a', settle, claim: null, now: LATER + 5_000 })
    expect(idsOf(await claim(10, LATER + 5_000))).toEqual(['child'])
  })

  it('what became ready before its time elsewhere is claimed after the next beat', async () => {
    const other = postgresStorage({ url: database.url, max: 1, listen: false })
    await other.open()
    const early = taskOf('early', { runAt: T0 - 5_000 })
    const rare = taskOf('rare', { runAt: T0 - 5_000, priority: 3 })
    await other.insert({ tasks: [early, rare], now: LATER })
    await other.close()
    const beaten = await beat(LATER)
    expect(beaten.nextRunAt).toBe(T0 - 5_000)
    expect(idsOf(await claim(10, LATER))).toEqual(['rare', 'early'])
  })

  it('claims look at everything again once it is over', async () => {
    old.over()
    await old.ended
    await database.sql`vacuum taskflow.live`
    await beat(LATER)
    const other = postgresStorage({ url: database.url, max: 1, listen: false })
    await other.open()
    await other.insert({ tasks: [taskOf('early', { runAt: T0 - 5_000 })], now: LATER })
    await other.close()
    expect(idsOf(await claim(10, LATER))).toEqual(['early'])
  })
})

/** A transaction that has seen the database as it is now, on a connection of its own. */
async function oldTransaction() {
  const sql = postgres(database.url, { max: 1, onnotice: () => {} })
  let over = () => {}
  const isOver = new Promise<void>((resolve) => {
    over = resolve
  })
  return new Promise<typeof old>((resolve, reject) => {
    const ended = sql
      .begin('isolation level repeatable read', async (tx) => {
        await tx`select count(*) from taskflow.live`
        resolve({ over, ended })
        await isOver
      })
      .then(() => sql.end(), reject)
  })
}

function beat(now: number) {
  const functions = ['work', 'other'].map((funcName) => ({ funcName }))
  const { instance, ...rest } = beatOf('a', beats++)
  return storage.beat({
    ...rest,
    instance: { ...instance, functions: functions as typeof instance.functions },
    now,
  })
}

function claim(limit: number, now: number, funcNames = ['work']): Promise<TurnResult> {
  return storage.turn({ instanceId: 'a', settle: [], claim: { limit, funcNames }, now })
}

function ended({ taskId, fence }: Pick<TurnResult['claimed'][number], 'taskId' | 'fence'>) {
  return buildSettlement({ taskId, fence })
}

const idsOf = ({ claimed }: TurnResult) => claimed.map(({ taskId }: { taskId: string }) => taskId)

/** How many entries of the index of ready tasks the server has read. */
async function entriesRead(): Promise<number> {
  await session`select pg_stat_force_next_flush()`
  const [row] = await session<{ n: number }[]>`
    select pg_stat_get_tuples_returned('taskflow.live_ready'::regclass)::float8 as n`
  return row?.n ?? 0
}
