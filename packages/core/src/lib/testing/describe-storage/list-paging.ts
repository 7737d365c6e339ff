import assert from 'node:assert/strict'
import type { TaskSummary } from '../../record.ts'
import { type ListInput, TASK_SORTS, type TaskSort } from '../../storage/contract.ts'
import { type Bench, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const SORT_VALUES: Record<TaskSort, (task: TaskSummary) => string | number | null> = {
  created_at: ({ taskId }) => taskId,
  func_name: ({ funcName }) => funcName,
  status: ({ status }) => status,
  duration: ({ durationMs }) => durationMs,
  retries_used: ({ retriesUsed }) => retriesUsed,
  priority: ({ priority }) => priority,
  start_time: ({ startTime }) => startTime,
  end_time: ({ endTime }) => endTime,
}

export function listPagingCases({ describe, test }: Suite): void {
  describe('list: pages', () => {
    for (const sort of TASK_SORTS) {
      for (const order of ['asc', 'desc'] as const) {
        test(`${sort} ${order} pages through every task once, in order`, async (bench) => {
          const all = await fill(bench)
          for (const limit of [1, 7, 100]) {
            const tasks = await pages(bench, { filter: {}, sort, order, limit })
            assert.equal(tasks.length, all.length)
            assert.deepEqual(tasks.map(({ taskId }) => taskId).sort(), all)
            assert.deepEqual(
              tasks.map(SORT_VALUES[sort]),
              inOrder(tasks.map(SORT_VALUES[sort]), order),
            )
          }
        })
      }
    }

    test('equal values do not break a page', async (bench) => {
      await bench.insert(Array.from({ length: 25 }, () => bench.task({ priority: 5 })))
      for (const sort of ['priority', 'func_name', 'end_time'] as const) {
        const tasks = await pages(bench, { filter: {}, sort, limit: 4 })
        assert.equal(new Set(tasks.map(({ taskId }) => taskId)).size, 25)
        assert.equal(tasks.length, 25)
      }
    })

    test('pages with a filter', async (bench) => {
      const all = await fill(bench)
      const filter = { funcName: ['a', 'b'], status: ['success', 'failed', 'pending'] as const }
      const input = { filter: { ...filter, status: [...filter.status] } }
      for (const sort of ['created_at', 'duration'] as const) {
        const tasks = await pages(bench, { ...input, sort, limit: 3 })
        const once = await pages(bench, { ...input, sort, limit: 1000 })
        assert.deepEqual(tasks, once)
        assert(tasks.length > 5 && tasks.length < all.length)
      }
    })

    test('a full last page says that it is the last', async (bench) => {
      await bench.insert(Array.from({ length: 6 }, () => bench.task()))
      for (const sort of ['created_at', 'func_name'] as const) {
        const first = await bench.storage.list({ filter: {}, sort, limit: 3, now: T0 })
        assert(first.next !== null)
        const second = await bench.storage.list({
          filter: {},
          sort,
          limit: 3,
          cursor: first.next,
          now: T0,
        })
        assert.equal(second.tasks.length, 3)
        assert.equal(second.next, null)
        assert.equal(second.total, 6)
      }
    })

    test('tasks that come and go between pages disturb no other', async (bench) => {
      await bench.insert(Array.from({ length: 10 }, () => bench.task()))
      const first = await bench.storage.list({ filter: {}, limit: 4, now: T0 })
      const seen = first.tasks.map(({ taskId }) => taskId)
      await bench.insert(Array.from({ length: 5 }, () => bench.task()))
      await bench.storage.cancel({ taskIds: [seen.at(-1) ?? ''], now: T0 })
      await bench.storage.prune({ endedBefore: T0 + 1, limit: 10 })
      assert(first.next !== null)
      const rest = await bench.storage.list({
        filter: {},
        limit: 100,
        cursor: first.next,
        now: T0,
      })
      assert.equal(rest.tasks.length, 6)
      assert(rest.tasks.every(({ taskId }) => !seen.includes(taskId)))
    })

    test('refuses a cursor that it did not make', async (bench) => {
      await bench.add()
      for (const cursor of ['', 'x', '{}', '[1]', 'null']) {
        await assert.rejects(
          bench.storage.list({ filter: {}, limit: 10, cursor }),
          (error: { code?: unknown }) => error.code === 'invalid_input',
        )
      }
    })

    test('refuses the cursor of another order, and what never came from one', async (bench) => {
      await bench.add()
      const id = '01234567-89ab-7def-8123-456789abcdef'
      for (const [sort, value] of [
        ['duration', 'text'],
        ['priority', 1.5],
        ['retries_used', Number.POSITIVE_INFINITY],
        ['start_time', '\0'],
        ['end_time', 9e99],
        ['func_name', 7],
        ['status', null],
      ] as const) {
        // JSON has no word for infinity, but numbers that are read as it.
        const cursor = JSON.stringify([value, id]).replace(
          '[null',
          value === null ? '[null' : '[1e400',
        )
        await assert.rejects(
          bench.storage.list({ filter: {}, limit: 10, sort, cursor }),
          (error: { code?: unknown }) => error.code === 'invalid_input',
          `${sort}: ${cursor}`,
        )
      }
    })

    test('counts to ten thousand, orders the newest of them, and says that there are more', async (bench) => {
      const oldest = await bench.add({ priority: 9 })
      await bench.insert(Array.from({ length: 999 }, () => bench.task()))
      for (let n = 0; n < 9; n += 1) {
        await bench.insert(Array.from({ length: 1000 }, () => bench.task()))
      }
      const exact = await bench.storage.list({ filter: {}, limit: 1, now: T0 })
      assert.equal(exact.total, 10_000)
      assert.equal(exact.totalExact, true)
      const first = async () => {
        const input = { filter: {}, sort: 'priority', limit: 1, now: T0 } as const
        return (await bench.storage.list(input)).tasks.map(({ taskId }) => taskId)
      }
      assert.deepEqual(await first(), [oldest])
      const newest = await bench.add({ funcName: 'other', priority: 1 })
      assert.deepEqual(await first(), [newest])
      for (const sort of ['created_at', 'priority'] as const) {
        const more = await bench.storage.list({ filter: {}, sort, limit: 1, now: T0 })
        assert.equal(more.total, 10_000)
        assert.equal(more.totalExact, false)
      }
      const few = await bench.storage.list({ filter: { funcName: ['other'] }, limit: 1, now: T0 })
      assert.equal(few.total, 1)
      assert.equal(few.totalExact, true)
    })
  })
}

/** Tasks of all kinds with many equal sort values; their ids in order. */
async function fill(bench: Bench): Promise<string[]> {
  const tasks = Array.from({ length: 40 }, (_, n) =>
    bench.task({
      funcName: 'abc'.charAt(n % 3),
      priority: n % 4 === 0 ? null : (n % 4) - 2,
    }),
  )
  await bench.insert(tasks)
  await bench.join('x')
  const claimed = await bench.claim('x', T0 + 5, { limit: 30, funcNames: ['a', 'b', 'c'] })
  const settle = claimed.slice(0, 24).map((task, n) => {
    const outcome = (['success', 'failed', 'retry', 'released'] as const)[n % 4] ?? 'success'
    return bench.settlement(task, outcome, { durationMs: (n % 5) * 3 })
  })
  for (const [n, settlement] of settle.entries()) {
    const now = T0 + 100 + Math.floor(n / 3) * 7
    await bench.storage.turn({ instanceId: 'x', settle: [settlement], claim: null, now })
  }
  return tasks.map(({ taskId }) => taskId)
}

/** Empty values last in either direction. */
function inOrder(values: (string | number | null)[], order: 'asc' | 'desc') {
  const filled = values.filter((value) => value !== null)
  filled.sort((a, b) => (a === b ? 0 : a < b ? -1 : 1))
  if (order === 'desc') filled.reverse()
  return [...filled, ...values.filter((value) => value === null)]
}

async function pages(bench: Bench, input: ListInput): Promise<TaskSummary[]> {
  const tasks: TaskSummary[] = []
  let cursor: string | undefined
  for (let n = 0; n < 1000; n += 1) {
    const page = await bench.storage.list({ ...input, cursor, now: T0 })
    assert(page.tasks.length <= input.limit)
    tasks.push(...page.tasks)
    if (page.next === null) return tasks
    assert.equal(page.tasks.length, input.limit)
    cursor = page.next
  }
  throw new assert.AssertionError({ message: 'pages never end' })
}
