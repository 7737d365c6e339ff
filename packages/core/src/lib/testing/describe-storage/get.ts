import assert from 'node:assert/strict'
import { SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function getCases({ describe, test }: Suite): void {
  describe('get', () => {
    test('answers in order, null where there is no task', async (bench) => {
      const ended = await bench.ended('success')
      const pending = await bench.add()
      const tasks = await bench.storage.get({ taskIds: [pending, 'unknown', ended, pending] })
      assert.deepEqual(
        tasks.map((task) => task?.taskId ?? null),
        [pending, null, ended, pending],
      )
    })

    test('a task that started once, and its summary too, tells what that attempt came to', async (bench) => {
      for (const [outcome, error] of [
        ['failed', 'Error: jam'],
        ['cancelled', 'Error: stopped'],
        ['success', null],
      ] as const) {
        const id = await bench.add()
        const claimed = await bench.start('a')
        if (outcome === 'cancelled') await bench.storage.cancel({ taskIds: [id], now: T0 })
        await bench.settle('a', claimed, outcome, T0 + SECOND, error ? { error } : {})
        const { attempts } = await bench.get(id)
        const list = await bench.storage.list({ filter: { taskIds: [id] }, limit: 1 })
        const [{ fence, error: told, endTime } = assert.fail()] = list.tasks
        assert.deepEqual([fence, told], [1, error], outcome)
        assert.deepEqual(
          attempts.map((one) => [one.attempt, one.error, one.endedAt]),
          [[0, error, endTime]],
        )
      }
    })

    test('the phase of a pending task goes by now', async (bench) => {
      const id = await bench.add({ runAt: T0 + SECOND })
      assert.equal((await bench.get(id, T0 + SECOND - 1)).phase, 'scheduled')
      assert.equal((await bench.get(id, T0 + SECOND)).phase, 'queued')
    })

    test('what it returns is the caller’s own', async (bench) => {
      const id = await bench.add({ tags: { a: '1' } })
      const task = await bench.get(id)
      task.tags.a = '2'
      task.attempts.push({} as never)
      const again = await bench.get(id)
      assert.deepEqual(again.tags, { a: '1' })
      assert.deepEqual(again.attempts, [])
    })

    test('what was passed in stays the caller’s own', async (bench) => {
      const task = bench.task({ tags: { a: '1' } })
      await bench.insert([task])
      task.tags.a = '2'
      assert.deepEqual((await bench.get(task.taskId)).tags, { a: '1' })
    })

    test('rev grows with every change', async (bench) => {
      const id = await bench.add({ runAt: T0 + SECOND })
      let rev = (await bench.get(id)).rev
      const grew = async (what: string) => {
        const now = (await bench.get(id)).rev
        assert(now > rev, what)
        rev = now
      }
      await bench.storage.reschedule({ tasks: [{ taskId: id }], now: T0 })
      await grew('reschedule')
      const first = await bench.start('a')
      await grew('claim')
      await bench.settle('a', first, 'retry')
      await grew('retry')
      const second = await bench.claimOne('a')
      await grew('second claim')
      await bench.storage.cancel({ taskIds: [id], now: T0 })
      await grew('cancel request')
      await bench.settle('a', second, 'cancelled')
      await grew('cancelled')
    })
  })
}
