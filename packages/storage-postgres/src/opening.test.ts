import { readFile } from 'node:fs/promises'
import { StorageUnavailableError, TaskflowError } from '@taskflow/core'
import { getTableColumns } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type PostgresStorageOptions, postgresStorage } from './index.ts'
import { main } from './lib/command-line.ts'
import { defineTables } from './lib/schema.ts'
import { TABLES } from './lib/tables.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { taskOf } from './lib/testing-tasks.ts'
import { fromText, toText } from './lib/text.ts'
import { migrationsUrl } from './paths.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
})

afterAll(() => database.drop())

afterEach(() =>
  database.sql.unsafe(
    'drop schema if exists taskflow cascade; drop schema if exists other cascade',
  ),
)

const make = (more: Partial<PostgresStorageOptions> = {}) =>
  postgresStorage({ url: database.url, max: 2, ...more })

async function refusal(more: Partial<PostgresStorageOptions> = {}): Promise<string> {
  const storage = make(more)
  const error = await storage.open().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await storage.close()
  expect(error).toBeInstanceOf(StorageUnavailableError)
  return (error as Error).message
}

describe('options', () => {
  const url = 'postgres://ann:hunter2@localhost/app'
  it.each([
    [undefined, 'an object of options'],
    [url, 'an object of options, got string'],
    [{ timeout: 1 }, 'no option "timeout": expected timeoutMs'],
    [{}, "'url'"],
    [{ url: 'mysql://ann:hunter2@x/y' }, "'url'"],
    [{ url: 'postgres://ann:hunter2@:bad:/y' }, "'url'"],
    [{ url, schema: 'x"; drop' }, "'schema'"],
    [{ url, schema: 'pg_x' }, "'schema'"],
    [{ url, schema: '' }, "'schema'"],
    [{ url, max: 0 }, "'max'"],
    [{ url, max: 1.5 }, "'max'"],
    [{ url, pooler: 'yes' }, "'pooler'"],
    [{ url, listen: 1 }, "'listen'"],
    [{ url, pooler: true, listen: true }, "'listen'"],
    [{ url, migrate: null }, "'migrate'"],
    [{ url, timeoutMs: 5 }, "'timeoutMs'"],
    [{ url, sql: () => {} }, "'sql'"],
    [{ sql: {} }, "'sql'"],
  ])('refuses %j', (options, expected) => {
    const act = () => postgresStorage(options as never)
    expect(act).toThrow(TaskflowError)
    expect(act).toThrow(expect.objectContaining({ code: 'configuration' }))
    expect(act).toThrow(expected)
    expect(act).not.toThrow(/hunter2/)
  })

  it('refuses a client that renames columns', async () => {
    const sql = postgres(database.url, { transform: postgres.camel })
    expect(() => postgresStorage({ sql })).toThrow(/'transform'/)
    await sql.end()
  })
})

describe('open', () => {
  it('makes the tables once, for many at a time', async () => {
    const storages = Array.from({ length: 6 }, () => make())
    await Promise.all(storages.map((storage) => storage.open()))
    await Promise.all(storages.map((storage, n) => storage.insert({ tasks: [taskOf(`${n}`)] })))
    const [metrics] = (await storages[0]?.metrics({ queries: [{}] })) ?? []
    expect(metrics?.pending).toBe(6)
    await Promise.all(storages.map((storage) => storage.close()))
  })

  it('has the tables that it names, and the columns that drizzle believes in', async () => {
    const storage = make()
    await storage.open()
    const rows = await database.sql<{ table: string; column: string }[]>`
      select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'taskflow'`
    const tables = [...new Set(rows.map(({ table }) => table))]
    expect(tables.sort()).toEqual([...TABLES].sort())
    for (const [name, table] of Object.entries(defineTables('taskflow'))) {
      const real = rows.filter((row) => row.table === name).map(({ column }) => column)
      expect(real.sort(), name).toEqual(Object.keys(getTableColumns(table)).sort())
    }
    await storage.close()
  })

  it('keeps two schemas apart', async () => {
    const [one, two] = [make(), make({ schema: 'other' })]
    await one.open()
    await two.open()
    await one.insert({ tasks: [taskOf('x')] })
    expect(await two.get({ taskIds: ['x'] })).toEqual([null])
    await one.close()
    await two.close()
  })

  it('refuses tables of its names that it did not make, and leaves them as they are', async () => {
    await database.sql.unsafe('create schema taskflow; create table taskflow.live (x int)')
    expect(await refusal()).toMatch(/did not make/)
    await database.sql.unsafe('create table taskflow.meta (name int, value int)')
    expect(await refusal()).toMatch(/did not make/)
    const rows = await database.sql`select column_name from information_schema.columns
      where table_schema = 'taskflow' and table_name = 'live'`
    expect(rows).toHaveLength(1)
  })

  it('lives beside other tables of a schema', async () => {
    await database.sql.unsafe('create schema taskflow; create table taskflow.users (name text)')
    const storage = make()
    await storage.open()
    await storage.close()
  })

  it('refuses a schema of a newer release, and takes one it can still read', async () => {
    const storage = make()
    await storage.open()
    await storage.close()
    await database.sql`update taskflow.meta set value = '7' where name = 'version'`
    await storage.open()
    await storage.close()
    await database.sql`update taskflow.meta set value = '5' where name = 'minReader'`
    expect(await refusal()).toMatch(/newer taskflow/)
  })

  it('with migrate: false refuses a schema that is not there yet', async () => {
    expect(await refusal({ migrate: false })).toMatch(/taskflow-postgres migrate'/)
    const elsewhere = await refusal({ migrate: false, schema: 'other' })
    expect(elsewhere).toMatch(/taskflow-postgres migrate --schema other'/)
    const storage = make()
    await storage.open()
    await storage.close()
    const other = make({ migrate: false })
    await other.open()
    await other.close()
  })

  it('brings the first schema up to date, with what is in it', async () => {
    const first = await readFile(new URL('0001_start.sql', migrationsUrl), 'utf8')
    await database.sql.unsafe(`create schema taskflow; ${first};
      insert into taskflow.meta values ('version', '1'), ('minReader', '1'), ('epoch', 'e');
      insert into taskflow.changes (ids) values (array['x'])`)
    expect(await refusal({ migrate: false })).toMatch(/at version 1/)
    const storage = make()
    await storage.open()
    expect(await database.sql`select ids from taskflow.changes`).toEqual([{ ids: ['x'] }])
    const columns = await database.sql`select attstorage from pg_attribute
      where attrelid = 'taskflow.changes'::regclass and attname = 'ids'`
    expect(columns).toEqual([{ attstorage: 'e' }])
    await storage.close()
  })

  it('refuses a database that is not there, and opens later', async () => {
    const url = new URL(database.url)
    url.pathname = '/missing'
    expect(await refusal({ url: url.href })).toMatch(/no such database/)
  })

  it('refuses a url with a parameter that the server does not know', async () => {
    const url = `${database.url}?channel_bindings=require`
    expect(await refusal({ url })).toMatch(/a parameter of the url.*42704/)
  })

  it('refuses calls before it is open and after it was closed', async () => {
    const storage = make()
    await expect(storage.get({ taskIds: [] })).rejects.toThrow(/not open/)
    await storage.open()
    await storage.close()
    await expect(storage.get({ taskIds: [] })).rejects.toThrow(StorageUnavailableError)
  })

  it('works on a client of the app, and leaves it open', async () => {
    const sql = postgres(database.url, { max: 3, types: { bigint: postgres.BigInt } })
    const storage = postgresStorage({ sql })
    await storage.open()
    await storage.insert({ tasks: [taskOf('x', { tags: { a: 'b' } })] })
    const [task] = await storage.get({ taskIds: ['x'] })
    expect(task).toMatchObject({ taskId: 'x', tags: { a: 'b' }, runAt: expect.any(Number) })
    expect((await storage.list({ filter: {}, limit: 5 })).total).toBe(1)
    expect(storage.standIn).toBe(undefined)
    await storage.close()
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
    await sql.end()
  })
})

describe('the command line', () => {
  async function run(...args: string[]) {
    const lines: string[] = []
    const output = {
      out: (line: string) => lines.push(line),
      error: (line: string) => lines.push(line),
    }
    const code = await main(args, { TASKFLOW_POSTGRES_URL: database.url }, output)
    return { code, text: lines.join('\n') }
  }

  it('migrates, and says where a schema stands', async () => {
    expect(await run('status')).toMatchObject({
      code: 1,
      text: expect.stringMatching(/no tables yet/),
    })
    expect(await run('migrate')).toMatchObject({
      code: 0,
      text: expect.stringMatching(/up to date/),
    })
    expect(await run('migrate')).toMatchObject({ code: 0 })
    expect(await run('status', '--schema', 'taskflow')).toMatchObject({ code: 0 })
    expect(await run('status', '--schema', 'other')).toMatchObject({ code: 1 })
  })

  it('refuses what it does not know', async () => {
    expect(await run('explode')).toMatchObject({ code: 2, text: expect.stringMatching(/Usage/) })
    expect(await run('status', '--what')).toMatchObject({
      code: 2,
      text: expect.stringMatching(/Usage/),
    })
    expect(await run('status', '--schema', 'a b')).toMatchObject({
      code: 1,
      text: expect.stringMatching(/'schema'/),
    })
    expect(await run('status', '--url', '')).toMatchObject({
      code: 2,
      text: expect.stringMatching(/^expected --url or TASKFLOW_POSTGRES_URL/),
    })
    expect(await run('--help')).toMatchObject({ code: 0, text: expect.stringMatching(/Usage/) })
  })
})

describe('text', () => {
  it('comes back as it was, and is stored as it is where that is possible', () => {
    for (const text of ['', 'plain', '\u0001', '\u0001"x"', '\ud800', 'a\udc00b', 'a\0b', '😀']) {
      expect(fromText(toText(text))).toBe(text)
      expect(toText(text)).not.toMatch(/\0/)
    }
    expect(toText('plain 😀')).toBe('plain 😀')
    expect(toText(null)).toBe(null)
  })
})
