import assert from 'node:assert/strict'
import { T0 } from './bench.ts'
import { STORAGE_PARTS, type Suite } from './harness.ts'

/** `open`, `close`, and what every method has in common. */
export function connectionCases({ describe, test, has }: Suite): void {
  describe('open and close', () => {
    test('has a name for people', async ({ storage }) => {
      assert.match(storage.name, /\S/)
    })

    test('has exactly the parts that its facts name', async ({ storage }) => {
      for (const part of STORAGE_PARTS) {
        assert.equal(storage[part] !== undefined, has(part), part)
      }
      assert.equal(storage.inOrder, has('inOrder') || undefined)
    })

    test('opening again while open does nothing', async (bench) => {
      const id = await bench.add()
      await bench.storage.open()
      assert.equal((await bench.get(id)).status, 'pending')
    })

    test('closes twice', async ({ storage }) => {
      await storage.close()
      await storage.close()
    })

    test('an empty batch is legal and does nothing', async (bench) => {
      const { storage } = bench
      assert.deepEqual(await storage.insert({ tasks: [] }), [])
      assert.deepEqual(await storage.reschedule({ tasks: [] }), [])
      assert.deepEqual(await storage.cancel({ taskIds: [] }), [])
      assert.deepEqual(await storage.get({ taskIds: [] }), [])
      assert.deepEqual(await storage.metrics({ queries: [] }), [])
      assert.deepEqual(await bench.recover([]), [])
      const turn = await storage.turn({ instanceId: 'a', settle: [], claim: null, now: T0 })
      assert.deepEqual(turn, {
        settled: [],
        claimed: [],
        released: false,
        cancels: [],
        nextRunAt: null,
        now: T0,
      })
    })

    test('goes by a clock of its own where no now is given', async (bench) => {
      const before = Date.now()
      const task = bench.task()
      await bench.storage.insert({ tasks: [task] })
      const { createdAt, runAt } = await bench.get(task.taskId)
      // Another machine's clock may differ; a day of difference is a mistake.
      assert(Math.abs(createdAt - before) < 86_400_000)
      assert.equal(runAt, createdAt)
    })

    if (!has('durable')) return

    test('keeps pending, running and ended tasks across a new connection', async (bench) => {
      const ended = await bench.ended('success')
      const running = await bench.add({ payload: '{"n":2}' })
      await bench.start('a')
      const pending = await bench.add({ runAt: T0 + 5_000 })
      const before = await bench.storage.get({ taskIds: [ended, running, pending], now: T0 })
      await bench.reopen()
      const after = await bench.storage.get({ taskIds: [ended, running, pending], now: T0 })
      assert.deepEqual(after, before)
    })

    test('keeps leases and keys across a new connection', async (bench) => {
      const first = await bench.add({ idempotencyKey: 'k' })
      await bench.join('a')
      await bench.reopen()
      assert.equal((await bench.beat('a', 1)).alive, true)
      const [result] = await bench.insert([bench.task({ idempotencyKey: 'k' })])
      assert.deepEqual(result, { taskId: first, duplicate: true })
    })
  })
}
