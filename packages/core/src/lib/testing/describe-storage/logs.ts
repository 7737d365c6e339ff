import assert from 'node:assert/strict'
import type { LogQuery } from '../../storage/contract.ts'
import { type Bench, line, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function logsCases({ describe, test, has }: Suite): void {
  describe('logs', () => {
    test('an unknown task and a fresh one have none', async (bench) => {
      const id = await bench.add()
      for (const taskId of ['unknown', id]) {
        const page = await bench.logs.read({ taskId, limit: 10 })
        assert.deepEqual(page, { entries: [], total: 0, next: null })
      }
    })

    test('appends lines of a running task and numbers them', async (bench) => {
      await bench.add()
      const { taskId, fence } = await bench.start('a')
      const before = await bench.get(taskId)
      const entries = [
        line('one', { at: T0 + 1, stream: 'stdout', level: 'debug' }),
        line('two', { at: T0 + 2, stream: 'stderr', level: 'error' }),
      ]
      const results = await bench.logs.append({
        instanceId: 'a',
        batches: [{ taskId, fence, entries }],
      })
      assert.deepEqual(results, [{ taskId, result: 'appended' }])
      const page = await bench.logs.read({ taskId, limit: 10 })
      assert.deepEqual(page, {
        entries: entries.map((entry, n) => ({ n: n + 1, ...entry })),
        total: 2,
        next: null,
      })
      const task = await bench.get(taskId)
      assert.equal(task.logCount, 2)
      assert.deepEqual(task.logTail, page.entries)
      assert(task.rev > before.rev)
    })

    test('keeps progress, and the last of it', async (bench) => {
      await bench.add()
      const { taskId, fence } = await bench.start('a')
      const append = (progress?: { fraction: number; message: string | null }) =>
        bench.logs.append({
          instanceId: 'a',
          batches: [{ taskId, fence, entries: [], ...(progress && { progress }) }],
        })
      await append({ fraction: 0.2, message: 'a fifth' })
      await append({ fraction: 0.5, message: null })
      await append()
      assert.deepEqual((await bench.get(taskId)).progress, { fraction: 0.5, message: null })
    })

    test('a stale owner’s lines and progress are dropped', async (bench) => {
      const id = await bench.add()
      const old = await bench.start('a')
      await bench.settle('a', old, 'retry')
      const current = await bench.claimOne('a')
      await bench.join('b')
      const before = await bench.get(id)
      const entries = [line('late')]
      const progress = { fraction: 1, message: null }
      const append = async (instanceId: string, fence: number) =>
        bench.logs.append({ instanceId, batches: [{ taskId: id, fence, entries, progress }] })
      assert.deepEqual(await append('a', old.fence), [{ taskId: id, result: 'stale' }])
      assert.deepEqual(await append('b', current.fence), [{ taskId: id, result: 'stale' }])
      assert.deepEqual(await bench.get(id), before)
      await bench.settle('a', current, 'success')
      assert.deepEqual(await append('a', current.fence), [{ taskId: id, result: 'stale' }])
      assert.equal((await bench.logs.read({ taskId: id, limit: 10 })).total, 0)
    })

    test('answers a batch of several tasks in its order', async (bench) => {
      await bench.add()
      await bench.add()
      await bench.join('a')
      const [one, two] = await bench.claim('a')
      assert(one && two)
      const results = await bench.logs.append({
        instanceId: 'a',
        batches: [
          { taskId: two.taskId, fence: two.fence, entries: [line('2')] },
          { taskId: 'unknown', fence: 1, entries: [line('x')] },
          { taskId: one.taskId, fence: one.fence, entries: [line('1')] },
          { taskId: two.taskId, fence: two.fence, entries: [line('2 again')] },
        ],
      })
      assert.deepEqual(
        results.map(({ result }) => result),
        ['appended', 'stale', 'appended', 'appended'],
      )
      assert.deepEqual(await texts(bench, two.taskId), ['2', '2 again'])
      assert.deepEqual(await texts(bench, one.taskId), ['1'])
    })

    test('keeps every line of a long log, however it was appended', async (bench) => {
      await bench.add()
      const { taskId, fence } = await bench.start('a')
      const wanted: string[] = []
      for (const size of [1, 19, 1, 5, 700, 1, 1, 30]) {
        const entries = Array.from({ length: size }, () => {
          wanted.push(`line ${wanted.length + 1}`)
          return line(wanted.at(-1) ?? '')
        })
        await bench.logs.append({ instanceId: 'a', batches: [{ taskId, fence, entries }] })
        assert.equal((await bench.get(taskId)).logCount, wanted.length)
      }
      assert.deepEqual(await texts(bench, taskId), wanted)
      const rest = [line('the last')]
      await bench.settle('a', { taskId, fence }, 'success', T0, { logs: rest })
      assert.deepEqual(await texts(bench, taskId), [...wanted, 'the last'])
      const { logTail } = await bench.get(taskId)
      assert.deepEqual(
        logTail.map(({ text }) => text),
        [...wanted, 'the last'].slice(-20),
      )
    })

    test('keeps long lines whole', async (bench) => {
      await bench.add()
      const { taskId, fence } = await bench.start('a')
      const wanted = Array.from({ length: 12 }, (_, n) => `${n}`.repeat(3_000))
      for (const text of wanted) {
        await bench.logs.append({
          instanceId: 'a',
          batches: [{ taskId, fence, entries: [line(text)] }],
        })
      }
      assert.deepEqual(await texts(bench, taskId), wanted)
      const { logTail, logCount } = await bench.get(taskId)
      assert.equal(logCount, 12)
      assert.equal(logTail.at(-1)?.text, wanted.at(-1))
    })

    test('pages from a number, up to the limit', async (bench) => {
      const taskId = await filled(bench, 100)
      const read = async (from: number | undefined, limit: number) => {
        const page = await bench.logs.read({ taskId, from, limit })
        return [page.entries[0]?.n, page.entries.at(-1)?.n, page.total, page.next]
      }
      assert.deepEqual(await read(undefined, 30), [1, 30, 100, 31])
      assert.deepEqual(await read(31, 30), [31, 60, 100, 61])
      assert.deepEqual(await read(91, 30), [91, 100, 100, null])
      assert.deepEqual(await read(71, 30), [71, 100, 100, null])
      assert.deepEqual(await read(101, 30), [undefined, undefined, 100, null])
    })

    for (const limit of [1, 7, 50, 1000]) {
      test(`pages of ${limit} hold every line once`, async (bench) => {
        const taskId = await filled(bench, 60)
        const numbers: number[] = []
        for (let from: number | null = 1; from !== null; ) {
          const page = await bench.logs.read({ taskId, from, limit })
          numbers.push(...page.entries.map(({ n }) => n))
          from = page.next
        }
        assert.deepEqual(
          numbers,
          Array.from({ length: 60 }, (_, n) => n + 1),
        )
      })
    }

    test('filters by stream, by level and above, and by text', async (bench) => {
      await bench.add()
      const { taskId, fence } = await bench.start('a')
      const entries = [
        line('alpha 50%', { level: 'debug' }),
        line('Beta', { level: 'info', stream: 'stdout' }),
        line('gamma_', { level: 'warn' }),
        line('ALPHA', { level: 'error', stream: 'stderr' }),
      ]
      await bench.logs.append({ instanceId: 'a', batches: [{ taskId, fence, entries }] })
      const find = async (query: Partial<LogQuery>) => {
        const page = await bench.logs.read({ taskId, limit: 10, ...query })
        assert.equal(page.total, page.entries.length)
        return page.entries.map(({ n }) => n)
      }
      assert.deepEqual(await find({ stream: 'log' }), [1, 3])
      assert.deepEqual(await find({ stream: 'stdout' }), [1, 2, 3])
      assert.deepEqual(await find({ stream: 'stderr' }), [4])
      assert.deepEqual(await find({ level: 'debug' }), [1, 2, 3, 4])
      assert.deepEqual(await find({ level: 'warn' }), [3, 4])
      assert.deepEqual(await find({ level: 'error' }), [4])
      assert.deepEqual(await find({ search: 'alpha' }), [1, 4])
      assert.deepEqual(await find({ search: 'BETA' }), [2])
      assert.deepEqual(await find({ search: '%' }), [1])
      assert.deepEqual(await find({ search: '_' }), [3])
      assert.deepEqual(await find({ search: 'a', level: 'warn', stream: 'log' }), [3])
    })

    test('shows what taskLog wrote on stdout and, of level error, on stderr', async (bench) => {
      await bench.add()
      const { taskId, fence } = await bench.start('a')
      const entries = [
        line('said'),
        line('printed', { stream: 'stdout' }),
        line('wrong', { level: 'error' }),
        line('warned', { level: 'warn' }),
        line('printed wrong', { stream: 'stderr', level: 'error' }),
      ]
      await bench.logs.append({ instanceId: 'a', batches: [{ taskId, fence, entries }] })
      const find = async (stream: LogQuery['stream'], from = 1) => {
        const page = await bench.logs.read({ taskId, limit: 2, stream, from })
        return [page.entries.map(({ n }) => n), page.total, page.next]
      }
      assert.deepEqual(await find('log'), [[1, 3], 3, 4])
      assert.deepEqual(await find('stdout'), [[1, 2], 3, 4])
      assert.deepEqual(await find('stdout', 4), [[4], 3, null])
      assert.deepEqual(await find('stderr'), [[3, 5], 2, null])
    })

    test('pages through matches', async (bench) => {
      const taskId = await filled(bench, 100)
      const numbers: number[] = []
      for (let from: number | null = 1; from !== null; ) {
        const page = await bench.logs.read({ taskId, from, limit: 4, search: '7' })
        assert.equal(page.total, 19)
        numbers.push(...page.entries.map(({ n }) => n))
        from = page.next
      }
      assert.equal(numbers.length, 19)
      assert(numbers.every((n) => String(n).includes('7')))
    })

    test('numbers go on over attempts', async (bench) => {
      const id = await bench.add()
      await bench.settle('a', await bench.start('a'), 'retry', T0, { logs: [line('one')] })
      const again = await bench.claimOne('a')
      const entries = [line('two', { attempt: 1, at: T0 + SECOND })]
      const { taskId, fence } = again
      await bench.logs.append({ instanceId: 'a', batches: [{ taskId, fence, entries }] })
      const { entries: all } = await bench.logs.read({ taskId: id, limit: 10 })
      assert.deepEqual(
        all.map(({ n, text, attempt }) => [n, text, attempt]),
        [
          [1, 'one', 0],
          [2, 'two', 1],
        ],
      )
    })

    test('lines appended by two connections at once all stay', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await bench.add()
      const { taskId, fence } = await bench.start('a')
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => {
          const logs = (n % 2 === 0 ? bench.storage : other).logs
          assert(logs)
          return logs.append({
            instanceId: 'a',
            batches: [{ taskId, fence, entries: [line(`${n}`)] }],
          })
        }),
      )
      const found = await texts(bench, taskId)
      assert.equal(new Set(found).size, 40)
      assert.equal(found.length, 40)
    })
  })
}

async function texts(bench: Bench, taskId: string): Promise<string[]> {
  const page = await bench.logs.read({ taskId, limit: 10_000 })
  assert.deepEqual(
    page.entries.map(({ n }) => n),
    page.entries.map((_, n) => n + 1),
  )
  return page.entries.map(({ text }) => text)
}

/** A running task with so many lines. */
async function filled(bench: Bench, count: number): Promise<string> {
  await bench.add()
  const { taskId, fence } = await bench.start('a')
  for (let from = 1; from <= count; from += 10) {
    const entries = Array.from({ length: 10 }, (_, n) => line(`line ${from + n}`))
    await bench.logs.append({ instanceId: 'a', batches: [{ taskId, fence, entries }] })
  }
  return taskId
}
