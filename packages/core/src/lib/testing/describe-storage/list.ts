import assert from 'node:assert/strict'
import type { ListInput, TaskFilter } from '../../storage/contract.ts'
import { type Bench, idOf, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function listCases({ describe, test }: Suite): void {
  describe('list', () => {
    test('is empty at first', async (bench) => {
      const page = await bench.storage.list({ filter: {}, limit: 10 })
      assert.deepEqual(page, { tasks: [], next: null, total: 0, totalExact: true })
    })

    test('lists live and ended tasks together, newest first', async (bench) => {
      const one = await bench.ended('success')
      const two = await bench.add({ runAt: T0 + SECOND })
      const three = await bench.ended('failed')
      const four = await bench.add()
      assert.deepEqual(await ids(bench, {}), [four, three, two, one])
      assert.deepEqual(await ids(bench, {}, { order: 'asc' }), [one, two, three, four])
      const { total, totalExact } = await bench.storage.list({ filter: {}, limit: 1, now: T0 })
      assert.equal(total, 4)
      assert.equal(totalExact, true)
    })

    test('shows the same of a task as get, without payload and result', async (bench) => {
      const ended = await bench.ended('failed', T0, { tags: { a: 'b' }, group: 'g', priority: 3 })
      const live = await bench.add({ idempotencyKey: 'k' })
      const { tasks } = await bench.storage.list({ filter: {}, limit: 10, now: T0 })
      for (const [n, id] of [live, ended].entries()) {
        const { payload, result, requeueOnInterrupt, attempts, ...task } = await bench.get(id)
        const { dependsOn, onParentFailure, children, ...summary } = task
        assert.deepEqual(tasks[n], summary)
      }
    })

    test('filters by status', async (bench) => {
      const all = await oneOfEach(bench)
      for (const status of ['success', 'failed', 'cancelled', 'interrupted', 'running'] as const) {
        assert.deepEqual(await ids(bench, { status: [status] }), [all[status]], status)
      }
      assert.deepEqual(
        await ids(bench, { status: ['pending'] }),
        newestFirst(all.queued, all.scheduled, all.retrying),
      )
      assert.deepEqual(
        await ids(bench, { status: ['failed', 'running', 'success'] }),
        newestFirst(all.failed, all.running, all.success),
      )
    })

    test('filters by phase, which goes by now', async (bench) => {
      const all = await oneOfEach(bench)
      for (const phase of ['queued', 'scheduled', 'retrying', 'running', 'failed'] as const) {
        assert.deepEqual(await ids(bench, { phase: [phase] }), [all[phase]], phase)
      }
      assert.deepEqual(
        await ids(bench, { phase: ['queued'] }, { now: T0 + 10 * SECOND }),
        newestFirst(all.queued, all.scheduled, all.retrying),
      )
      assert.deepEqual(await ids(bench, { phase: ['blocked'] }), [])
    })

    test('status and phase must both hold', async (bench) => {
      const all = await oneOfEach(bench)
      assert.deepEqual(await ids(bench, { status: ['failed'], phase: ['success'] }), [])
      assert.deepEqual(await ids(bench, { status: ['pending'], phase: ['queued', 'success'] }), [
        all.queued,
      ])
    })

    test('filters by function, group, executor and source', async (bench) => {
      const a = await bench.ended('success', T0, { funcName: 'a', group: 'g', source: 'adhoc' })
      const b = await bench.add({ funcName: 'b', group: 'h', executor: 'thread' })
      const c = await bench.add({ funcName: 'c' })
      assert.deepEqual(await ids(bench, { funcName: ['a'] }), [a])
      assert.deepEqual(await ids(bench, { funcName: ['a', 'c'] }), [c, a])
      assert.deepEqual(await ids(bench, { funcName: ['A'] }), [])
      assert.deepEqual(await ids(bench, { group: ['g'] }), [a])
      assert.deepEqual(await ids(bench, { group: ['g', 'h'] }), [b, a])
      assert.deepEqual(await ids(bench, { executor: ['thread'] }), [b])
      assert.deepEqual(await ids(bench, { source: ['adhoc'] }), [a])
      assert.deepEqual(await ids(bench, { source: ['manual'] }), [c, b])
      assert.deepEqual(await ids(bench, { funcName: ['a', 'b'], group: ['h'] }), [b])
    })

    test('filters by the instance that runs or last ran a task', async (bench) => {
      const ended = await bench.add()
      await bench.settle('x', await bench.start('x'), 'success')
      const running = await bench.add()
      await bench.start('y')
      await bench.add()
      assert.deepEqual(await ids(bench, { instance: ['x'] }), [ended])
      assert.deepEqual(await ids(bench, { instance: ['y', 'x'] }), [running, ended])
    })

    test('filters by tag', async (bench) => {
      const a = await bench.add({ tags: { tenant: 'acme', tier: 'gold' } })
      const b = await bench.ended('success', T0 - SECOND, {
        tags: { tenant: 'acme', tier: 'gol' },
        priority: 9,
      })
      await bench.add({ tags: { tier: 'acme' } })
      await bench.add({ tags: {} })
      assert.deepEqual(
        await ids(bench, { tags: [{ key: 'tenant', value: 'acme' }] }),
        newestFirst(a, b),
      )
      assert.deepEqual(await ids(bench, { tags: [{ key: 'tier', value: 'gold' }] }), [a])
      assert.deepEqual(await ids(bench, { tags: [{ key: 'tenant', value: 'ACME' }] }), [])
      assert.deepEqual(await ids(bench, { tags: [{ key: 'constructor', value: 'x' }] }), [])
    })

    test('a tag is not found in the text of another', async (bench) => {
      await bench.add({ tags: { a: '","b":"c' } })
      await bench.add({ tags: { 'a":"x': 'y' } })
      const c = await bench.add({ tags: { b: 'c' } })
      assert.deepEqual(await ids(bench, { tags: [{ key: 'b', value: 'c' }] }), [c])
      assert.deepEqual(await ids(bench, { tags: [{ key: 'a', value: 'x' }] }), [])
    })

    test('filters by id', async (bench) => {
      const a = await bench.ended('success')
      const b = await bench.add()
      await bench.add()
      assert.deepEqual(await ids(bench, { taskIds: [a, 'unknown', b, a] }), [b, a])
      const many = Array.from({ length: 70_000 }, (_, n) => `unknown ${n}`)
      assert.deepEqual(await ids(bench, { taskIds: [...many, a, b] }), [b, a])
    })

    test('an empty list of choices matches nothing', async (bench) => {
      await bench.ended('success')
      await bench.add()
      for (const filter of [{ taskIds: [] }, { status: [] }, { funcName: [] }, { group: [] }]) {
        assert.deepEqual(await ids(bench, filter), [])
      }
    })

    test('filters by time of creation: since is within, until is not', async (bench) => {
      const a = await bench.ended('success', T0)
      const b = await bench.add({}, T0 + SECOND)
      const c = await bench.add({}, T0 + 2 * SECOND)
      assert.deepEqual(await ids(bench, { since: T0 + SECOND }), [c, b])
      assert.deepEqual(await ids(bench, { until: T0 + SECOND }), [a])
      assert.deepEqual(await ids(bench, { since: T0, until: T0 + 2 * SECOND }), [b, a])
      // An age such as 1.1h is no whole number of milliseconds.
      assert.deepEqual(await ids(bench, { since: T0 + SECOND - 0.5 }), [c, b])
      assert.deepEqual(await ids(bench, { since: T0 + SECOND + 0.5 }), [c])
      assert.deepEqual(await ids(bench, { until: T0 + SECOND + 0.5 }), [b, a])
    })

    test('finds the start of an id and part of a function name, whatever the case', async (bench) => {
      const a = await bench.ended('success', T0, { taskId: idOf(0xabc00), funcName: 'Send_Email' })
      const b = await bench.add({ taskId: idOf(0xdef00), funcName: 'resize' })
      assert.deepEqual(await ids(bench, { search: 'email' }), [a])
      assert.deepEqual(await ids(bench, { search: 'EMAIL' }), [a])
      assert.deepEqual(await ids(bench, { search: 'siz' }), [b])
      assert.deepEqual(await ids(bench, { search: a.slice(0, 32) }), [a])
      assert.deepEqual(await ids(bench, { search: a.slice(-8) }), [a])
      assert.deepEqual(await ids(bench, { search: a.toUpperCase() }), [a])
      assert.deepEqual(await ids(bench, { search: '01900000' }), [b, a])
      assert.deepEqual(await ids(bench, { search: '8000' }), [])
      assert.deepEqual(await ids(bench, { search: 'none' }), [])
    })

    test('search takes every character literally', async (bench) => {
      const odd = ['a%b', 'a_b', 'a\\b', "a'b", 'a.b', 'a*b', 'axb']
      for (const funcName of odd) await bench.add({ funcName })
      for (const text of ['%', '_', '\\', "'", '.', '*']) {
        const { tasks } = await bench.storage.list({ filter: { search: text }, limit: 10 })
        assert.deepEqual(
          tasks.map(({ funcName }) => funcName),
          [`a${text}b`],
        )
      }
      assert.deepEqual(await ids(bench, { search: "' or 1=1 --" }), [])
    })
  })
}

async function ids(
  bench: Bench,
  filter: TaskFilter,
  more: Partial<ListInput> = {},
): Promise<string[]> {
  const page = await bench.storage.list({ filter, limit: 100, now: T0, ...more })
  assert.equal(page.next, null)
  assert.equal(page.total, page.tasks.length)
  assert.equal(page.totalExact, true)
  return page.tasks.map(({ taskId }) => taskId)
}

function newestFirst(...taskIds: string[]): string[] {
  return taskIds.sort().reverse()
}

/** One task in each state; what is named by a phase is pending. */
async function oneOfEach(bench: Bench) {
  const success = await bench.ended('success')
  const failed = await bench.ended('failed')
  const interrupted = await bench.ended('released')
  const retrying = await bench.add()
  await bench.settle('r', await bench.start('r'), 'retry', T0, { delayMs: 5 * SECOND })
  const running = await bench.add()
  await bench.start('a')
  const cancelled = await bench.add()
  await bench.storage.cancel({ taskIds: [cancelled], now: T0 })
  const queued = await bench.add()
  const scheduled = await bench.add({ runAt: T0 + 5 * SECOND })
  return { success, failed, interrupted, retrying, running, cancelled, queued, scheduled }
}
