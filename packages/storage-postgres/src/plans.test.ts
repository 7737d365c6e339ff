import { buildSettlement } from '@taskflow/core/testing'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { postgresStorage } from './index.ts'
import { checkOptions } from './lib/options.ts'
import { connect, STABLE_PLANS, Store } from './lib/store.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { beatOf, taskOf } from './lib/testing-tasks.ts'
import { SINCE } from './lib/verbs/changes.ts'
import { housekeeping } from './lib/verbs/housekeeping.ts'
import { INSERT_ALIKE } from './lib/verbs/insert.ts'
import { BEAT } from './lib/verbs/instances.ts'
import { OLD, PRUNE } from './lib/verbs/prune.ts'
import { bucketMiddle } from './lib/verbs/rollup.ts'
import { turnText } from './lib/verbs/turn-text.ts'

const none = "'{}'"
const settled = `${none}, ${none}, ${none}, ${none}, ${none}, ${none}, 0`
const plain = {
  ...{ window: 32, capped: false, one: false, calm: false, settles: true, careful: false },
  floored: false,
}
const floored = { ...plain, floored: true }
const floors = `'{work}', '{0}', '{0}'`
const statements: [name: string, text: string, parameters: string][] = [
  ['turn', turnText(plain), `null, 'a', '{work}', 10, 1, ${settled}`],
  ['calm turn', turnText({ ...plain, calm: true }), `null, 'a', '{work}', 10, 1, ${settled}`],
  [
    'turn of one function',
    turnText({ ...plain, one: true }),
    `null, 'a', 'work', 10, 1, ${settled}`,
  ],
  [
    'calm turn of one function',
    turnText({ ...plain, one: true, calm: true }),
    `null, 'a', 'work', 10, 1, ${settled}`,
  ],
  [
    'limited turn',
    turnText({ ...plain, capped: true }),
    `null, 'a', '{work}', 10, 1, '{work}', '{3}', ${settled}`,
  ],
  [
    'calm claim of one function',
    turnText({ ...plain, one: true, calm: true, settles: false }),
    `null, 'a', 'work', 10, 1`,
  ],
  ['floored turn', turnText(floored), `null, 'a', '{work}', 10, 1, ${floors}, ${settled}`],
  [
    'calm floored turn of one function',
    turnText({ ...floored, one: true, calm: true }),
    `null, 'a', 'work', 10, 1, ${floors}, ${settled}`,
  ],
  [
    'limited floored turn',
    turnText({ ...floored, capped: true }),
    `null, 'a', '{work}', 10, 1, '{work}', '{3}', ${floors}, ${settled}`,
  ],
  [
    'insert',
    INSERT_ALIKE.quick,
    `null, 0, 'work', null, 0, null, 1, 1, null, 'async', 'manual', null, null, null, null, ${none}, ${none}`,
  ],
  [
    'beat',
    BEAT,
    `null, 'a', 1, 1000, 0, 'running', 'h', 1, '1', '[]', 0, '{work}', 0, 0, null, null`,
  ],
  ['since', SINCE, `'3:3:', null, '0', 10`],
  ['prune', PRUNE, none],
  ['old', OLD, `1, null, ${none}, 10`],
]

let database: TestDatabase
let session: Sql
let store: Store

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  const options = checkOptions({ url: database.url, max: 3 })
  const storage = postgresStorage({ url: database.url, max: 2 })
  await storage.open()
  store = new Store(options, 'epoch')
  session = connect(options, 1, STABLE_PLANS)
  // Planned while there is nothing, and analysed so: the worst moment for a plan that is kept.
  await database.sql`vacuum analyze`
  for (const [name, text] of statements) {
    await session.unsafe(`prepare "${name}" as ${store.named(text)}`)
  }
  for (const [name, , parameters] of statements) {
    await session.unsafe(`explain execute "${name}" (${parameters})`)
  }
  await storage.beat(beatOf('a', 0))
  for (let n = 0; n < 20; n += 1) {
    const tasks = Array.from({ length: 1000 }, (_, k) => taskOf(`task-${n * 1000 + k}`))
    await storage.insert({ tasks })
  }
  await storage.turn({ instanceId: 'a', settle: [], claim: { limit: 3000, funcNames: ['work'] } })
  await storage.close()
}, 60_000)

afterAll(async () => {
  await session.end()
  await store.close()
  await database.drop()
})

describe('plans that were made when there was nothing', () => {
  it.each(statements)('%s looks tasks up by an index', async (name, _text, parameters) => {
    const rows = await session.unsafe(`explain execute "${name}" (${parameters})`)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).not.toMatch(/Seq Scan on (live|done|changes|keys|attempts|logs|edges)/)
    expect(plan).not.toMatch(/(Hash|Merge) Join/)
    if (/turn|claim/.test(name)) {
      expect(plan).toMatch(/Index Scan using live_ready/)
      if (name.includes('turn')) expect(plan).toMatch(/Index Scan using live_(pkey|running)/)
      expect(plan).toMatch(/Tid Scan/)
      // Only who looks for the first walks past the dead entries before it.
      expect(plan).toMatch(/Index Cond: .*rank = h.*ROW\(run_at, id\) >= ROW\(h.*run_at, h.*id\)/)
      if (name.includes('floored')) expect(plan).toMatch(/Index Cond: .*rank > COALESCE/)
    }
    if (name === 'since') expect(plan).toMatch(/changes_xid/)
    if (name === 'old') expect(plan).toMatch(/done_ended/)
  })
})

describe('housekeeping', () => {
  it('folds minutes into hours and totals, and counts each task once', async () => {
    const storage = postgresStorage({ url: database.url, max: 2 })
    await storage.open()
    await storage.beat(beatOf('b', 0))
    const { claimed } = await storage.turn({
      instanceId: 'b',
      settle: [],
      claim: { limit: 40, funcNames: ['work'] },
    })
    const settle = claimed.map(({ taskId, fence }, n) =>
      buildSettlement({ taskId, fence, durationMs: n }),
    )
    const now = Date.now() - 600_000
    const [late, early] = [settle.splice(0, 10), settle]
    const read = async () => {
      const queries = [{}, { since: now - 60_000 }, { since: now - 7_200_000 }]
      const answers = await storage.metrics({ queries })
      return answers.map(({ success, avgDurationMs }) => [success, avgDurationMs])
    }
    await storage.turn({ instanceId: 'b', settle: early, claim: null, now })
    const before = await read()
    await housekeeping(store)
    expect(await read()).toEqual(before)
    const folded = await database.sql`select sum(n)::int as n from taskflow.rollup_total`
    expect(folded).toEqual([{ n: 30 }])
    // Comes after its minute was folded.
    await storage.turn({ instanceId: 'b', settle: late, claim: null, now })
    expect((await read())[0]?.[0]).toBe(40)
    await housekeeping(store)
    expect((await read()).map(([n]) => n)).toEqual([40, 40, 40])
    await storage.close()
  })

  it('folds all minutes that are over, however many there are', async () => {
    await database.sql`insert into taskflow.rollup_minute (at, sum_ms, n, bucket, state, slot, func)
      select n * 60000, 0, 1, -1, 10, 0, 'many' from generate_series(1, 12000) as n`
    await housekeeping(store)
    const left = await database.sql`select 1 from taskflow.rollup_minute
      where slot >= 0 and func = 'many'`
    expect(left).toHaveLength(0)
    const [total] = await database.sql`select n::int from taskflow.rollup_total where func = 'many'`
    expect(total?.n).toBe(12_000)
  })

  it('deletes old changes, and who asks for them is told of the gap', async () => {
    const storage = postgresStorage({ url: database.url, max: 2 })
    await storage.open()
    const cursor = (await storage.changes?.head()) ?? ''
    await storage.insert({ tasks: [taskOf('new-1')] })
    const age = () =>
      database.sql`update taskflow.feed set marked_at = marked_at - interval '2 minutes'`
    await age()
    await housekeeping(store)
    expect(await storage.changes?.since({ cursor, limit: 10 })).toMatchObject({ gap: false })
    await age()
    await housekeeping(store)
    expect(await storage.changes?.since({ cursor, limit: 10 })).toMatchObject({ gap: true })
    const later = (await storage.changes?.head()) ?? ''
    await storage.insert({ tasks: [taskOf('new-2')] })
    expect(await storage.changes?.since({ cursor: later, limit: 10 })).toMatchObject({
      taskIds: ['new-2'],
      gap: false,
    })
    await storage.close()
  })
})

describe('buckets', () => {
  it('are less than a tenth off', async () => {
    const rows = await database.sql<{ ms: number; bucket: number }[]>`
      select ms, floor(4 * ln(ms::float8) / ln(2::float8))::int as bucket
      from generate_series(1, 100000, 37) as ms`
    for (const { ms, bucket } of rows) {
      expect(Math.abs(bucketMiddle(bucket) / ms - 1)).toBeLessThan(0.1)
    }
    expect(bucketMiddle(-1)).toBe(0)
  })
})
