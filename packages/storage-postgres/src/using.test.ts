import { TaskflowError } from '@taskflow/core'
import { sql as statement } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type PostgresStorage, postgresStorage } from './index.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { taskOf } from './lib/testing-tasks.ts'

let database: TestDatabase
let storage: PostgresStorage

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  storage = postgresStorage({ url: database.url, max: 2 })
  await storage.open()
  await database.sql`create table orders (name text)`
})

afterAll(async () => {
  await storage.close()
  await database.drop()
})

const find = async (taskId: string) => (await storage.get({ taskIds: [taskId] }))[0] ?? null

describe('using', () => {
  it('stores a task with the commit of the app, and not before', async () => {
    const cursor = (await storage.changes?.head()) ?? ''
    await database.sql.begin(async (tx) => {
      await tx`insert into orders values ('a')`
      const tasks = [taskOf('committed', { idempotencyKey: 'k', tags: { a: 'b' } })]
      const [result] = await storage.using(tx).insert({ tasks })
      expect(result).toEqual({ taskId: 'committed', duplicate: false })
      expect(await find('committed')).toBe(null)
    })
    expect(await find('committed')).toMatchObject({ status: 'pending', tags: { a: 'b' } })
    const page = await storage.changes?.since({ cursor, limit: 10 })
    expect(page?.taskIds).toEqual(['committed'])
  })

  it('stores nothing when the app rolls back, and frees the key', async () => {
    const insert = database.sql.begin(async (tx) => {
      await storage.using(tx).insert({ tasks: [taskOf('rolled', { idempotencyKey: 'free' })] })
      throw new Error('no')
    })
    await expect(insert).rejects.toThrow('no')
    expect(await find('rolled')).toBe(null)
    const [again] = await storage.insert({ tasks: [taskOf('later', { idempotencyKey: 'free' })] })
    expect(again?.duplicate).toBe(false)
  })

  it('misses no change of a transaction that commits after later ones', async () => {
    const cursor = (await storage.changes?.head()) ?? ''
    let seen = ''
    await database.sql.begin(async (tx) => {
      await storage.using(tx).insert({ tasks: [taskOf('slow')] })
      await storage.insert({ tasks: [taskOf('quick')] })
      const page = await storage.changes?.since({ cursor, limit: 10 })
      expect(page?.taskIds).toEqual(['quick'])
      seen = page?.cursor ?? ''
    })
    const page = await storage.changes?.since({ cursor: seen, limit: 10 })
    expect(page).toMatchObject({ taskIds: ['slow'], gap: false })
  })

  it('takes a drizzle transaction, with dependencies too', async () => {
    const client = postgres(database.url, { max: 1 })
    const db = drizzle(client)
    await db.transaction(async (tx) => {
      await tx.execute(statement`insert into orders values ('b')`)
      const tasks = [taskOf('parent'), taskOf('child', { dependsOn: ['parent'] })]
      await storage.using(tx).insert({ tasks })
    })
    expect(await find('child')).toMatchObject({ phase: 'blocked', blockedBy: ['parent'] })
    await client.end()
  })

  it('takes a client of pg by its shape', async () => {
    await database.sql.begin(async (tx) => {
      const query = async (text: string, values: unknown[] = []) => ({
        rows: [...(await tx.unsafe(text, values as never[]))],
      })
      await storage.using({ query }).insert({ tasks: [taskOf('pg')] })
    })
    expect(await find('pg')).toMatchObject({ status: 'pending' })
  })

  it('says so where an earlier statement has failed, and where the tables are elsewhere', async () => {
    const insertBy = (tx: unknown) =>
      storage.using(tx as never).insert({ tasks: [taskOf('nowhere')] })
    const failed = database.sql.begin(async (tx) => {
      await tx`select 1 / 0`.catch(() => {})
      await insertBy(tx)
    })
    await expect(failed).rejects.toMatchObject({
      code: 'conflict',
      message:
        'using(tx): an earlier statement of the transaction has failed: roll it back (25P02).',
    })
    const elsewhere = await createDatabase(inject('postgresUrl'))
    const strange = elsewhere.sql.begin(insertBy)
    await expect(strange).rejects.toMatchObject({
      code: 'configuration',
      message:
        "using(tx) found no tables of schema 'taskflow': expected a connection to the database of postgresStorage (42P01).",
    })
    await elsewhere.drop()
  })

  it('refuses a storage that is not open, and says who opens it', async () => {
    const closed = postgresStorage({ url: database.url })
    const insert = database.sql.begin((tx) => closed.using(tx).insert({ tasks: [taskOf('early')] }))
    await expect(insert).rejects.toThrow(/is not open: open\(\) it, or start the manager, before/)
  })

  it('refuses what is no transaction', () => {
    for (const tx of [undefined, null, {}, 'x']) {
      const act = () => storage.using(tx as never)
      expect(act).toThrow(TaskflowError)
      expect(act).toThrow(expect.objectContaining({ code: 'configuration' }))
    }
  })
})
