import { join } from 'node:path'
import { StorageUnavailableError, TaskflowError } from '@taskflow/core'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqliteStorage } from './index.ts'
import { beatOf, createFixture, errorOf, newTask, type SqliteFixture } from './lib/testing.ts'

let fixture: SqliteFixture
let db: Database.Database

beforeEach(async () => {
  fixture = await createFixture()
  await fixture.storage.open()
  db = new Database(fixture.file, { timeout: 0 })
  db.exec('create table users (name text)')
})

afterEach(async () => {
  db.close()
  await fixture.dispose()
})

async function statusOf(taskId: string): Promise<string | undefined> {
  return (await fixture.storage.get({ taskIds: [taskId] }))[0]?.status
}

describe('using', () => {
  it('stores tasks with what the app writes, once that is committed', async () => {
    const inserter = fixture.storage.using(db)
    db.exec('begin immediate')
    db.prepare('insert into users values (?)').run('ann')
    expect(await inserter.insert({ tasks: [newTask('one')] })).toEqual([
      { taskId: 'one', duplicate: false },
    ])
    expect(await statusOf('one')).toBe(undefined)
    db.exec('commit')
    expect(await statusOf('one')).toBe('pending')
  })

  it('leaves nothing of what is rolled back', async () => {
    const cursor = (await fixture.storage.changes?.head()) ?? ''
    const task = newTask('one', {
      funcName: 'never seen before',
      idempotencyKey: 'key',
      tags: { a: 'b' },
      flowId: 'flow',
    })
    db.exec('begin')
    await fixture.storage.using(db).insert({ tasks: [task] })
    db.exec('rollback')
    expect(await statusOf('one')).toBe(undefined)
    const { total } = await fixture.storage.list({ filter: { flowId: ['flow'] }, limit: 1 })
    expect(total).toBe(0)
    expect(await fixture.storage.changes?.since({ cursor, limit: 9 })).toMatchObject({
      taskIds: [],
    })
    // Nor does it remember what was rolled back.
    db.exec('begin')
    const [again] = await fixture.storage.using(db).insert({ tasks: [{ ...task, taskId: 'two' }] })
    db.exec('commit')
    expect(again).toEqual({ taskId: 'two', duplicate: false })
    expect((await fixture.storage.get({ taskIds: ['two'] }))[0]?.funcName).toBe('never seen before')
  })

  it('does all that insert does: keys, parents, and the change feed', async () => {
    await fixture.storage.insert({ tasks: [newTask('parent', { idempotencyKey: 'key' })] })
    const cursor = (await fixture.storage.changes?.head()) ?? ''
    db.exec('begin')
    const results = await fixture.storage.using(db).insert({
      tasks: [
        newTask('double', { idempotencyKey: 'key' }),
        newTask('child', { dependsOn: ['parent'] }),
        newTask('orphan', { dependsOn: ['nobody'] }),
      ],
    })
    db.exec('commit')
    expect(results).toEqual([
      { taskId: 'parent', duplicate: true },
      { taskId: 'child', duplicate: false },
      { taskId: 'orphan', duplicate: false, unknownParent: 'nobody' },
    ])
    const [child] = await fixture.storage.get({ taskIds: ['child'] })
    expect(child).toMatchObject({ phase: 'blocked', blockedBy: ['parent'] })
    const page = await fixture.storage.changes?.since({ cursor, limit: 9 })
    expect(page?.taskIds).toContain('child')
    await fixture.storage.beat(beatOf('a'))
    const claim = { limit: 9, funcNames: ['work'] }
    const { claimed } = await fixture.storage.turn({ instanceId: 'a', settle: [], claim })
    expect(claimed.map(({ taskId }) => taskId)).toEqual(['parent'])
  })

  it('stores nothing of a batch that fails, though the app goes on and commits', async () => {
    const inserter = fixture.storage.using(db)
    db.exec(`create trigger faulty before insert on taskflow_live when new.id = 'two'
      begin select raise(abort, 'no'); end`)
    db.exec('begin')
    await inserter.insert({ tasks: [newTask('zero', { idempotencyKey: 'zero' })] })
    const tasks = [newTask('one', { idempotencyKey: 'key' }), newTask('two')]
    await errorOf(inserter.insert({ tasks }))
    db.prepare('insert into users values (?)').run('ann')
    db.exec('commit')
    expect(await statusOf('zero')).toBe('pending')
    expect(await statusOf('one')).toBe(undefined)
    expect(db.prepare('select name from users').pluck().all()).toEqual(['ann'])
    db.exec('drop trigger faulty')
    const [one] = await fixture.storage.insert({ tasks })
    expect(one).toEqual({ taskId: 'one', duplicate: false })
  })

  it('takes a drizzle database', async () => {
    const app = drizzle(db)
    app.run(sql`begin`)
    await fixture.storage.using(app).insert({ tasks: [newTask('one')] })
    app.run(sql`commit`)
    expect(await statusOf('one')).toBe('pending')
  })

  it('takes a connection that reads integers as BigInt', async () => {
    db.defaultSafeIntegers(true)
    await fixture.storage.insert({ tasks: [newTask('a', { idempotencyKey: 'k' })] })
    const inserter = fixture.storage.using(db)
    for (const taskId of ['b', 'c']) {
      db.exec('begin')
      await inserter.insert({ tasks: [newTask(taskId, { idempotencyKey: taskId })] })
      db.exec('commit')
    }
    const { tasks } = await fixture.storage.list({ filter: {}, limit: 9 })
    expect(tasks.map(({ taskId }) => taskId)).toEqual(['c', 'b', 'a'])
  })

  it('is noticed by its own process', async () => {
    const heard = new Promise((resolve) => {
      void fixture.storage.listen?.({ hint: resolve, up() {} })
    })
    await fixture.storage.get({ taskIds: [] })
    db.exec('begin')
    await fixture.storage.using(db).insert({ tasks: [newTask('one')] })
    db.exec('commit')
    expect(await heard).toBe('work')
  })

  it('refuses without a transaction, and says what to do', async () => {
    const inserter = fixture.storage.using(db)
    const error = await errorOf(inserter.insert({ tasks: [newTask('one')] }))
    expect(error).toBeInstanceOf(TaskflowError)
    expect(error.code).toBe('configuration')
    expect(error.message).toMatch(/'begin'.*'commit'/)
  })

  it('refuses in a synchronous transaction, which has committed by then', async () => {
    const inserter = fixture.storage.using(db)
    let inserted: Promise<unknown> | undefined
    db.transaction(() => {
      inserted = Promise.resolve().then(() => inserter.insert({ tasks: [newTask('one')] }))
    })()
    expect((await errorOf(inserted ?? Promise.resolve())).message).toMatch(/has committed by now/)
    expect(await statusOf('one')).toBe(undefined)
  })

  it('refuses another file, a database in memory, and one without tables', () => {
    const other = new Database(join(fixture.folder, 'other.db'))
    const memory = new Database(':memory:')
    const prefixed = sqliteStorage({ file: fixture.file, tablePrefix: 'other_' })
    const configuration = (message: RegExp) =>
      expect.objectContaining({ code: 'configuration', message: expect.stringMatching(message) })
    expect(() => fixture.storage.using(other)).toThrow(configuration(/same file/))
    expect(() => fixture.storage.using(memory)).toThrow(configuration(/in memory/))
    expect(() => prefixed.using(db)).toThrow(configuration(/open\(\)/))
    expect(() => sqliteStorage({ file: ':memory:' }).using(db)).toThrow(configuration(/in memory/))
    expect(() => fixture.storage.using({} as never)).toThrow(configuration(/better-sqlite3/))
    other.close()
    memory.close()
  })

  it('says when another connection is writing', async () => {
    const writer = new Database(fixture.file)
    writer.exec('begin immediate')
    db.exec('begin')
    const error = await errorOf(fixture.storage.using(db).insert({ tasks: [newTask('one')] }))
    expect(error).toBeInstanceOf(StorageUnavailableError)
    expect(error.message).toMatch(/locked by another connection/)
    db.exec('rollback')
    writer.close()
  })

  it('says when the connection was closed', async () => {
    const inserter = fixture.storage.using(db)
    db.close()
    expect(() => fixture.storage.using(db)).toThrow(/an open connection/)
    const error = await errorOf(inserter.insert({ tasks: [newTask('one')] }))
    expect(error).toMatchObject({ code: 'configuration' })
    expect(error.message).toMatch(/an open connection/)
  })
})
