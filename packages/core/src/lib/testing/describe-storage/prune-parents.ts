import assert from 'node:assert/strict'
import { type Bench, MINUTE, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** What a live task depends on is not deleted. */
export function pruneParentsCases({ describe, test }: Suite): void {
  const prune = (bench: Bench, more: { limit?: number; dryRun?: boolean } = {}) =>
    bench.storage.prune({ endedBefore: T0 + MINUTE, limit: 10, ...more })

  describe('prune: parents', () => {
    test('a parent stays while its child is blocked, due or running, and goes after', async (bench) => {
      const parent = await bench.add()
      const slow = await bench.add({ funcName: 'slow' })
      const child = await bench.add({ dependsOn: [parent, slow] })
      await bench.run()
      assert.deepEqual(await prune(bench), { deleted: 0 })
      assert.deepEqual(await prune(bench, { dryRun: true }), { deleted: 0 })
      await bench.run('success', T0, { funcNames: ['slow'] })
      assert.equal((await bench.get(child)).phase, 'queued')
      assert.deepEqual(await prune(bench), { deleted: 0 })
      const claimed = await bench.claimOne('worker')
      assert.deepEqual(await prune(bench), { deleted: 0 })
      await bench.settle('worker', claimed, 'success', T0 + 2 * MINUTE)
      assert.deepEqual(await prune(bench, { dryRun: true }), { deleted: 2 })
      assert.deepEqual(await prune(bench), { deleted: 2 })
      assert.equal((await bench.get(child)).status, 'success')
    })

    test('a failed parent stays for the child it holds', async (bench) => {
      const parent = await bench.ended('failed')
      const child = await bench.add({ dependsOn: [parent] })
      assert.deepEqual(await prune(bench), { deleted: 0 })
      await bench.storage.cancel({ taskIds: [child], now: T0 })
      assert.deepEqual(await prune(bench), { deleted: 2 })
    })

    test('parents that stay are not counted against the limit', async (bench) => {
      const kept = [await bench.ended('success', T0), await bench.ended('success', T0)]
      await bench.add({ dependsOn: kept, runAt: T0 + 60 * MINUTE })
      const free = [
        await bench.ended('success', T0 + SECOND),
        await bench.ended('failed', T0 + SECOND),
      ]
      assert.deepEqual(await prune(bench, { limit: 2 }), { deleted: 2 })
      const left = await bench.storage.get({ taskIds: [...kept, ...free] })
      assert.deepEqual(
        left.map((task) => task !== null),
        [true, true, false, false],
      )
    })

    test('a child that is deleted is no child any more', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent] })
      await bench.storage.cancel({ taskIds: [child], now: T0 })
      assert.deepEqual(await prune(bench), { deleted: 1 })
      assert.deepEqual((await bench.get(parent)).children, [])
      await bench.add({ taskId: child })
      assert.deepEqual(await bench.run(), [parent, child])
    })

    test('an id that is used again has no children of the task before', async (bench) => {
      const parent = await bench.ended('success')
      await bench.add({ dependsOn: [parent] })
      await bench.run('success', T0 + 2 * MINUTE)
      assert.deepEqual(await prune(bench), { deleted: 1 })
      await bench.add({ taskId: parent })
      assert.deepEqual((await bench.get(parent)).children, [])
    })
  })
}
