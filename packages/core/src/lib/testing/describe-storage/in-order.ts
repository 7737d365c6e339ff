import assert from 'node:assert/strict'
import { T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Calls that are made at once, of a storage that promises to keep their order. */
export function inOrderCases({ describe, test }: Suite): void {
  describe('calls at once', () => {
    test('a turn called right behind an insert claims what it stored', async (bench) => {
      await bench.join('a')
      for (let round = 0; round < 20; round += 1) {
        const tasks = Array.from({ length: 1 + (round % 3) }, () => bench.task())
        const [inserted, { claimed }] = await Promise.all([
          bench.insert(tasks),
          bench.turn('a', {}),
        ])
        assert.equal(inserted.length, tasks.length)
        assert.deepEqual(
          claimed.map(({ taskId }) => taskId),
          tasks.map(({ taskId }) => taskId),
        )
      }
    })

    test('each sees what those before it did, and nothing of those behind', async (bench) => {
      await bench.join('a')
      const tasks = Array.from({ length: 12 }, () => bench.task())
      const turns = tasks.map(async (task) => {
        const inserted = bench.insert([task])
        const { claimed } = await bench.turn('a', {})
        await inserted
        return claimed.map(({ taskId }) => taskId)
      })
      assert.deepEqual(
        await Promise.all(turns),
        tasks.map(({ taskId }) => [taskId]),
      )
    })

    test('an insert behind the turn that ends its parent waits for nothing', async (bench) => {
      const parent = await bench.add()
      const claimed = await bench.start('a')
      const child = bench.task({ dependsOn: [parent] })
      const settle = [bench.settlement(claimed, 'success')]
      const ended = bench.turn('a', { settle })
      const inserted = bench.insert([child])
      const { claimed: next } = await bench.turn('a', {})
      await Promise.all([ended, inserted])
      assert.deepEqual(
        next.map(({ taskId }) => taskId),
        [child.taskId],
      )
    })

    test('one that is refused takes none of the others with it', async (bench) => {
      await bench.join('a')
      const [first, alone, last] = [
        bench.task(),
        bench.task({ dependsOn: ['nobody'] }),
        bench.task(),
      ]
      const inserts = [[first], [alone], [last]].map((tasks) => bench.insert(tasks, T0))
      const turn = bench.turn('a', {})
      const results = (await Promise.all(inserts)).flat()
      assert.deepEqual(
        results.map(({ unknownParent }) => unknownParent),
        [undefined, 'nobody', undefined],
      )
      const { claimed } = await turn
      assert.deepEqual(
        claimed.map(({ taskId }) => taskId),
        [first.taskId, last.taskId],
      )
    })
  })
}
