import assert from 'node:assert/strict'
import { SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function instancesCases({ describe, test }: Suite): void {
  describe('instances', () => {
    test('lists who works here, oldest first', async (bench) => {
      assert.deepEqual(await bench.instances.list(), [])
      await bench.join('b')
      await bench.join('a', T0 + SECOND)
      await bench.beat('b', 1, T0 + 3 * SECOND, {
        running: 4,
        unresponsive: 2,
        state: 'draining',
      })
      const list = await bench.instances.list({ now: T0 + 3 * SECOND })
      assert.deepEqual(
        list.map(({ functions, ...rest }) => ({ ...rest, functions: functions.length })),
        [
          {
            instanceId: 'b',
            host: 'host',
            pid: 1,
            version: '1.2.3',
            functions: 1,
            startedAt: T0,
            lastBeatAt: T0 + 3 * SECOND,
            running: 4,
            unresponsive: 2,
            state: 'draining',
          },
          {
            instanceId: 'a',
            host: 'host',
            pid: 1,
            version: '1.2.3',
            functions: 1,
            startedAt: T0 + SECOND,
            lastBeatAt: T0 + SECOND,
            running: 0,
            unresponsive: 0,
            state: 'running',
          },
        ],
      )
    })

    test('says what an instance can run as its last beat does', async (bench) => {
      await bench.beat('a', 0, T0, { funcNames: ['work'] })
      await bench.beat('a', 1, T0, { funcNames: ['work', 'other'] })
      const [instance] = await bench.instances.list({ now: T0 })
      const names = instance?.functions.map(({ funcName }) => funcName)
      assert.deepEqual(names, ['work', 'other'])
    })

    test('counts anew with each beat', async (bench) => {
      await bench.beat('a', 0, T0, { running: 3, unresponsive: 1 })
      const counts = async () => {
        const [instance] = await bench.instances.list({ now: T0 })
        return [instance?.running, instance?.unresponsive]
      }
      assert.deepEqual(await counts(), [3, 1])
      await bench.beat('a', 1, T0, { running: 2, unresponsive: 5 })
      assert.deepEqual(await counts(), [2, 5])
      await bench.beat('a', 2, T0)
      assert.deepEqual(await counts(), [0, 0])
    })

    test('keeps what an instance can run', async (bench) => {
      await bench.beat('a', 0, T0, { funcNames: ['x', 'y'] })
      await bench.beat('a', 1, T0, { funcNames: ['x', 'y'] })
      const [instance] = await bench.instances.list({ now: T0 })
      assert.deepEqual(
        instance?.functions.map(({ funcName, retries, backoff, after }) => [
          funcName,
          retries,
          backoff,
          after,
        ]),
        [
          ['x', 3, 1, ['upstream']],
          ['y', 3, 1, ['upstream']],
        ],
      )
    })

    test('an instance whose lease is over is stale until it beats or is buried', async (bench) => {
      await bench.join('a')
      const state = async (now: number) => (await bench.instances.list({ now }))[0]?.state
      assert.equal(await state(T0 + 14 * SECOND), 'running')
      assert.equal(await state(T0 + 16 * SECOND), 'stale')
      await bench.beat('a', 1, T0 + 20 * SECOND)
      assert.equal(await state(T0 + 21 * SECOND), 'running')
      await bench.recover([{ instanceId: 'a', beat: 1 }])
      assert.deepEqual(await bench.instances.list(), [])
    })

    test('who left is not listed', async (bench) => {
      await bench.join('a')
      await bench.beat('a', 1, T0, { leaving: true })
      assert.deepEqual(await bench.instances.list(), [])
    })
  })
}
