import assert from 'node:assert/strict'
import type { AuditQuery, NewAuditEntry } from '../../storage/parts.ts'
import { type Bench, HOUR, idOf, MINUTE, partOf, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Who did what. */
export function auditCases({ describe, test, has }: Suite): void {
  let ids = 0
  const entryOf = (more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
    entryId: idOf(0xa0000 + ids++),
    action: 'retry',
    taskId: null,
    actor: 'admin',
    detail: {},
    ...more,
  })
  /** Appends entries a second apart; their ids. */
  const append = async (bench: Bench, ...entries: Partial<NewAuditEntry>[]) => {
    const made = entries.map(entryOf)
    for (const [n, entry] of made.entries()) {
      await bench.audit.append({ entries: [entry], now: T0 + n * SECOND })
    }
    return made.map(({ entryId }) => entryId)
  }
  const list = async (bench: Bench, query: Partial<AuditQuery> = {}) =>
    (await bench.audit.list({ limit: 5000, ...query })).entries.map(({ entryId }) => entryId)

  describe('audit', () => {
    test('keeps entries as they were given, with their instant', async (bench) => {
      const taskId = idOf(7)
      const detail = { new_task_id: idOf(8), count: 2, nested: { list: [1, null, 'x'] } }
      const entry = entryOf({ action: 'cancel', taskId, actor: 'jo', detail })
      await bench.audit.append({ entries: [entry], now: T0 + 7 })
      const page = await bench.audit.list({ limit: 10 })
      assert.deepEqual(page, { entries: [{ ...entry, at: T0 + 7 }], next: null })
    })

    test('lists the newest first, also within a batch', async (bench) => {
      const wanted = await append(bench, {}, {}, {})
      const batch = [entryOf(), entryOf(), entryOf()]
      await bench.audit.append({ entries: batch, now: T0 + MINUTE })
      wanted.push(...batch.map(({ entryId }) => entryId))
      assert.deepEqual(await list(bench), wanted.toReversed())
    })

    test('an entry whose id exists is left as it is', async (bench) => {
      const entry = entryOf()
      await bench.audit.append({ entries: [entry], now: T0 })
      const more = entryOf()
      const entries = [{ ...entry, actor: 'other' }, more, { ...more, actor: 'other' }]
      await bench.audit.append({ entries, now: T0 + SECOND })
      const page = await bench.audit.list({ limit: 10 })
      assert.deepEqual(page.entries, [
        { ...more, at: T0 + SECOND },
        { ...entry, at: T0 },
      ])
    })

    test('nothing to append is nothing', async (bench) => {
      await bench.audit.append({ entries: [] })
      assert.deepEqual(await bench.audit.list({ limit: 10 }), { entries: [], next: null })
    })

    test('filters by action, actor, task and time, all of them at once', async (bench) => {
      const a = await append(
        bench,
        { action: 'retry', actor: 'x', taskId: idOf(1) },
        { action: 'cancel', actor: 'x', taskId: idOf(2) },
        { action: 'login', actor: 'y' },
        { action: 'retry', actor: 'y', taskId: idOf(1) },
      )
      const pick = (...wanted: number[]) => wanted.map((n) => a[n])
      assert.deepEqual(await list(bench, { action: ['retry'] }), pick(3, 0))
      assert.deepEqual(await list(bench, { action: ['login', 'cancel'] }), pick(2, 1))
      assert.deepEqual(await list(bench, { actor: 'y' }), pick(3, 2))
      assert.deepEqual(await list(bench, { taskId: idOf(1) }), pick(3, 0))
      assert.deepEqual(await list(bench, { since: T0 + SECOND }), pick(3, 2, 1))
      assert.deepEqual(await list(bench, { until: T0 + 2 * SECOND }), pick(1, 0))
      const all = { action: ['retry'], actor: 'y', taskId: idOf(1), since: T0, until: T0 + HOUR }
      assert.deepEqual(await list(bench, all), pick(3))
      assert.deepEqual(await list(bench, { ...all, actor: 'z' }), [])
    })

    test('pages go on where the last one ended, though new entries come', async (bench) => {
      const wanted = await append(bench, ...Array.from({ length: 7 }, () => ({})))
      const batch = Array.from({ length: 6 }, () => entryOf())
      await bench.audit.append({ entries: batch, now: T0 + MINUTE })
      wanted.push(...batch.map(({ entryId }) => entryId))
      const found: string[] = []
      let cursor: string | undefined
      for (let pages = 0; pages < 10; pages += 1) {
        const page = await bench.audit.list({ limit: 4, cursor })
        assert(page.entries.length > 0)
        found.push(...page.entries.map(({ entryId }) => entryId))
        cursor = page.next ?? undefined
        if (cursor === undefined) break
        await bench.audit.append({ entries: [entryOf()], now: T0 + HOUR })
      }
      assert.deepEqual(found, wanted.toReversed())
    })

    test('pages through what matches a filter', async (bench) => {
      const a = await append(
        bench,
        ...Array.from({ length: 10 }, (_, n) => ({ actor: n % 2 === 0 ? 'even' : 'odd' })),
      )
      const first = await bench.audit.list({ limit: 3, actor: 'even' })
      const { next } = first
      assert(next !== null)
      const second = await bench.audit.list({ limit: 3, actor: 'even', cursor: next })
      assert.equal(second.next, null)
      assert.deepEqual(
        [...first.entries, ...second.entries].map(({ entryId }) => entryId),
        [8, 6, 4, 2, 0].map((n) => a[n]),
      )
    })

    test('refuses a cursor that it did not make', async (bench) => {
      await append(bench, {}, {})
      for (const cursor of ['', 'x', '{}', '[1]', 'null', '["a","b"]', '[null,"b"]']) {
        await assert.rejects(bench.audit.list({ limit: 1, cursor }), { code: 'invalid_input' })
      }
    })

    test('prune keeps the newest thousand, however old they are', async (bench) => {
      const entries = Array.from({ length: 1200 }, () => entryOf())
      await bench.audit.append({ entries: entries.slice(0, 600), now: T0 })
      await bench.audit.append({ entries: entries.slice(600), now: T0 + SECOND })
      const prune = (input = {}) =>
        bench.storage.prune({ endedBefore: T0 + HOUR, limit: 1000, ...input })
      assert.deepEqual(await prune({ dryRun: true }), { deleted: 0 })
      assert.equal((await list(bench)).length, 1200)
      assert.deepEqual(await prune(), { deleted: 0 })
      const newest = entries.slice(200).map(({ entryId }) => entryId)
      assert.deepEqual(await list(bench), newest.toReversed())
    })

    test('prune keeps what is young, more than a thousand too', async (bench) => {
      const entries = Array.from({ length: 1300 }, () => entryOf())
      await bench.audit.append({ entries: entries.slice(0, 100), now: T0 })
      await bench.audit.append({ entries: entries.slice(100), now: T0 + HOUR })
      await bench.storage.prune({ endedBefore: T0 + HOUR, limit: 1000 })
      assert.equal((await list(bench)).length, 1200)
    })

    if (!has('shared')) return

    test('entries appended by two connections at once all stay, each once', async (bench) => {
      const other = await bench.second()
      const entries = Array.from({ length: 40 }, () => entryOf())
      await Promise.all(
        entries.flatMap((entry) =>
          [bench.storage, other].map((storage) =>
            partOf(storage, 'audit').append({ entries: [entry], now: T0 }),
          ),
        ),
      )
      const wanted = entries.map(({ entryId }) => entryId)
      assert.deepEqual((await list(bench)).toSorted(), wanted)
    })
  })
}
