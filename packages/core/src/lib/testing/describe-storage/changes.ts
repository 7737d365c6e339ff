import assert from 'node:assert/strict'
import { POSITION } from '../../storage/position.ts'
import { type Bench, line, MINUTE, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function changesCases({ describe, test, has }: Suite): void {
  describe('changes', () => {
    test('nothing changed since now', async (bench) => {
      await bench.add()
      const cursor = await bench.changes.head()
      const page = await bench.changes.since({ cursor, limit: 100 })
      assert.deepEqual(page.taskIds, [])
      assert.equal(page.gap, false)
      for (const position of [cursor, page.cursor]) assert.match(position, POSITION)
    })

    test('every change of a task is in the feed', async (bench) => {
      const { changes, storage } = bench
      let cursor = await changes.head()
      const news = async (what: string, wanted: string[]) => {
        const page = await changes.since({ cursor, limit: 100 })
        assert.equal(page.gap, false, what)
        assert.deepEqual(page.taskIds.sort(), wanted.sort(), what)
        cursor = page.cursor
      }
      const id = await bench.add({ runAt: T0 + SECOND })
      await news('insert', [id])
      await storage.reschedule({ tasks: [{ taskId: id }], now: T0 })
      await news('reschedule', [id])
      const first = await bench.start('a')
      await news('claim', [id])
      await bench.settle('a', first, 'retry')
      await news('settle', [id])
      const { fence } = await bench.claimOne('a')
      await news('claim again', [id])
      if (has('logs')) {
        const entries = [line('x')]
        await bench.logs.append({ instanceId: 'a', batches: [{ taskId: id, fence, entries }] })
        await news('append', [id])
      }
      await storage.cancel({ taskIds: [id], now: T0 })
      await news('cancel request', [id])
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      await news('recover', [id])
      const other = await bench.add()
      await storage.cancel({ taskIds: [other], now: T0 })
      await news('insert and cancel', [other])
      await storage.prune({ endedBefore: T0 + MINUTE, limit: 10 })
      await news('prune', [id, other])
    })

    test('what changes nothing is not in the feed', async (bench) => {
      const task = bench.task({ idempotencyKey: 'k' })
      await bench.insert([task])
      const ended = await bench.ended('success', T0, { funcName: 'other' })
      const cursor = await bench.changes.head()
      await bench.insert([task, bench.task({ idempotencyKey: 'k' })])
      await bench.settle('nobody', { taskId: task.taskId, fence: 3 }, 'success')
      await bench.storage.cancel({ taskIds: ['unknown', ended], now: T0 })
      await bench.storage.reschedule({ tasks: [{ taskId: task.taskId }], now: T0 })
      await bench.join('b')
      await bench.recover([])
      await bench.storage.prune({ endedBefore: T0 - MINUTE, limit: 10 })
      assert.deepEqual((await bench.changes.since({ cursor, limit: 100 })).taskIds, [])
      if (!has('logs')) return
      const { taskId, fence } = await bench.claimOne('b')
      const claimed = await bench.changes.head()
      const batches = [{ taskId, fence, entries: [] }]
      const appended = await bench.logs.append({ instanceId: 'b', batches })
      assert.deepEqual(appended, [{ taskId, result: 'appended' }])
      assert.deepEqual((await bench.changes.since({ cursor: claimed, limit: 100 })).taskIds, [])
    })

    test('a task that changed often is listed once', async (bench) => {
      const cursor = await bench.changes.head()
      const id = await bench.add()
      await bench.join('a')
      for (let n = 0; n < 3; n += 1) await bench.settle('a', await bench.claimOne('a'), 'retry')
      assert.deepEqual((await bench.changes.since({ cursor, limit: 100 })).taskIds, [id])
    })

    test('pages go on where the last one ended, without loss', async (bench) => {
      let cursor = await bench.changes.head()
      const wanted: string[] = []
      for (let n = 0; n < 25; n += 1) wanted.push(await bench.add())
      const found: string[] = []
      for (let n = 0; n < 25; n += 1) {
        const page = await bench.changes.since({ cursor, limit: 10 })
        assert.equal(page.gap, false)
        found.push(...page.taskIds)
        cursor = page.cursor
      }
      assert.deepEqual(found, wanted)
    })

    test('a batch larger than the limit is read whole in the end', async (bench) => {
      let cursor = await bench.changes.head()
      const tasks = Array.from({ length: 300 }, () => bench.task())
      await bench.insert(tasks)
      await bench.storage.cancel({ taskIds: tasks.map(({ taskId }) => taskId), now: T0 })
      const found = new Set<string>()
      for (let n = 0; n < 20; n += 1) {
        const page = await bench.changes.since({ cursor, limit: 100 })
        for (const id of page.taskIds) found.add(id)
        cursor = page.cursor
      }
      assert.equal(found.size, 300)
      assert.deepEqual((await bench.changes.since({ cursor, limit: 100 })).taskIds, [])
    })

    test('reading twice from one position gives the same', async (bench) => {
      const cursor = await bench.changes.head()
      await bench.add()
      const first = await bench.changes.since({ cursor, limit: 10 })
      const again = await bench.changes.since({ cursor, limit: 10 })
      // A cursor may tell of more than tasks: of transactions elsewhere on the server.
      assert.deepEqual({ ...again, cursor: '' }, { ...first, cursor: '' })
    })

    test('a position that is not known is a gap, and the answer goes on from now', async (bench) => {
      await bench.add()
      const head = await bench.changes.head()
      for (const cursor of ['', 'nonsense', '1', 'x.1', 'x.1.0', `${head}9999`, `other${head}`]) {
        const page = await bench.changes.since({ cursor, limit: 10 })
        assert.equal(page.gap, true, cursor)
        await nothingMissed(bench, page.cursor)
      }
    })

    if (!has('shared')) return

    test('brings the changes of another connection', async (bench) => {
      const other = await bench.second()
      const cursor = await bench.changes.head()
      const task = bench.task()
      await other.insert({ tasks: [task], now: T0 })
      const page = await bench.changes.since({ cursor, limit: 10 })
      assert.deepEqual(page.taskIds, [task.taskId])
      assert(other.changes)
      assert.deepEqual((await other.changes.since({ cursor, limit: 10 })).taskIds, [task.taskId])
    })

    test('misses nothing while two connections write', async (bench) => {
      const other = await bench.second()
      let cursor = await bench.changes.head()
      const wanted: string[] = []
      const found: string[] = []
      const read = async () => {
        const page = await bench.changes.since({ cursor, limit: 50 })
        assert.equal(page.gap, false)
        found.push(...page.taskIds)
        cursor = page.cursor
      }
      for (let round = 0; round < 10; round += 1) {
        const writes = Array.from({ length: 10 }, (_, n) => {
          const task = bench.task()
          wanted.push(task.taskId)
          return (n % 2 === 0 ? bench.storage : other).insert({ tasks: [task], now: T0 })
        })
        await Promise.all([...writes, read(), read().catch(() => {})])
      }
      await read()
      await read()
      assert.deepEqual([...new Set(found)].sort(), wanted.sort())
    })
  })
}

async function nothingMissed(bench: Bench, cursor: string): Promise<void> {
  const id = await bench.add()
  const page = await bench.changes.since({ cursor, limit: 10 })
  assert.equal(page.gap, false)
  assert.deepEqual(page.taskIds, [id])
}
