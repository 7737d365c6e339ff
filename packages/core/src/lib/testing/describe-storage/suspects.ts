import assert from 'node:assert/strict'
import { type Bench, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Tasks that took a process down with them are started one at a time. */
export function suspectsCases({ describe, test }: Suite): void {
  describe('turn: suspects', () => {
    test('of those that crashed one is claimed, with all the others that are due', async (bench) => {
      const suspects = await crashed(bench, 3)
      const fresh = [await bench.add(), await bench.add()]
      await bench.join('a')
      const { claimed } = await bench.turn('a', {})
      assert.deepEqual(ids(claimed).toSorted(), [suspects[0], ...fresh])
      assert.deepEqual(claimed.map(({ crashes }) => crashes).toSorted(), [0, 0, 1])
    })

    test('the one that is claimed is the first in order', async (bench) => {
      await crashed(bench, 2)
      const urgent = await crashed(bench, 1, { priority: 5 })
      await bench.join('a')
      assert.deepEqual(ids((await bench.turn('a', { limit: 1 })).claimed), urgent)
    })

    test('none is claimed where none is allowed, and they hold nothing up', async (bench) => {
      await crashed(bench, 3, { priority: 9 })
      const fresh = await bench.add()
      await bench.join('a')
      const { claimed, nextRunAt } = await bench.turn('a', { suspects: false })
      assert.deepEqual(ids(claimed), [fresh])
      assert.equal(nextRunAt, null)
    })

    test('each turn may take one', async (bench) => {
      const suspects = await crashed(bench, 3)
      await bench.join('a')
      for (const suspect of suspects) assert.deepEqual(ids(await bench.claim('a')), [suspect])
      assert.deepEqual(await bench.claim('a'), [])
    })

    test('one of all functions together', async (bench) => {
      await crashed(bench, 2)
      await crashed(bench, 2, { funcName: 'other' })
      await bench.join('a')
      const more = { funcNames: ['work', 'other'] }
      assert.equal((await bench.claim('a', T0, more)).length, 1)
      assert.equal((await bench.claim('a', T0, { ...more, suspects: true })).length, 1)
    })

    test('those left alone are not said to be due', async (bench) => {
      await crashed(bench, 2)
      await bench.join('a')
      const turn = await bench.turn('a', {})
      assert.equal(turn.claimed.length, 1)
      assert.equal(turn.nextRunAt, null)
      await bench.add({ runAt: T0 + 9 * SECOND })
      const next = await bench.turn('a', { suspects: false })
      assert.deepEqual([next.claimed.length, next.nextRunAt], [0, T0 + 9 * SECOND])
    })

    test('those that may be claimed are said to be due', async (bench) => {
      await crashed(bench, 2)
      await bench.add({ priority: 5 })
      await bench.join('a')
      const { claimed, nextRunAt } = await bench.turn('a', { limit: 1 })
      assert.equal(claimed[0]?.crashes, 0)
      assert.equal(nextRunAt, T0)
      // The beat does not know who may take it.
      assert.equal((await bench.beat('a', 1)).nextRunAt, T0)
    })

    test('one that succeeded is no suspect; what it releases is none either', async (bench) => {
      const [suspect] = await crashed(bench, 1)
      const children = [
        await bench.add({ dependsOn: [suspect ?? ''] }),
        await bench.add({ dependsOn: [suspect ?? ''] }),
      ]
      assert.deepEqual(await bench.run(), [suspect])
      assert.deepEqual(await bench.run(), children)
    })

    test('many suspects do not hide what waits behind them', async (bench) => {
      await crashed(bench, 300, { priority: 5 })
      const fresh = await bench.add()
      await bench.join('a')
      assert.deepEqual(ids(await bench.claim('a', T0, { suspects: false })), [fresh])
    })
  })
}

/** Tasks that crashed once and are due again. */
async function crashed(bench: Bench, n: number, more = {}): Promise<string[]> {
  const tasks = Array.from({ length: n }, () => bench.task({ requeueOnInterrupt: true, ...more }))
  await bench.insert(tasks)
  const instanceId = `crash-${tasks[0]?.taskId}`
  await bench.join(instanceId)
  const funcNames = [tasks[0]?.funcName ?? 'work']
  const taken = await bench.claim(instanceId, T0, { limit: 1000, funcNames })
  // Suspects from before are not to crash again.
  const others = taken.filter(({ crashes }) => crashes > 0)
  const settle = others.map((task) => bench.settlement(task, 'unstarted'))
  await bench.storage.turn({ instanceId, settle, claim: null, now: T0 })
  await bench.recover([{ instanceId, beat: 0 }])
  return tasks.map(({ taskId }) => taskId)
}

const ids = (tasks: { taskId: string }[]) => tasks.map(({ taskId }) => taskId)
