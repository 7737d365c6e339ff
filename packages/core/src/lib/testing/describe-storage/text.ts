import assert from 'node:assert/strict'
import { line, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const LONE = 'lone \ud800 and \udc00 here'
/** Texts that storages have lost or changed, by what they are. */
export const TEXTS: [name: string, text: string][] = [
  ['emoji and combining characters', '👩‍👩‍👧 e\u0301 \u202eright to left'],
  ['NUL', 'a\u0000b\u0000'],
  ['leading NUL', '\u0000'],
  ['control characters', '\u0001\u0002\u001b[31m\u007f\r\n\t'],
  ['lone surrogates', LONE],
  ['a lone surrogate alone', '\udfff'],
  ['text that looks escaped', '\u0001"\\ud800"'],
  ['byte order mark and separators', '\ufeff\u2028\u2029\uffff'],
  ['quotes and SQL', `'; drop table tasks; --"\`$1 ?1 :a @b`],
  ['empty text', ''],
]

/** Text survives as given, whatever characters it holds. */
export function textCases({ describe, test, has }: Suite): void {
  describe('text', () => {
    for (const [name, text] of TEXTS) {
      test(`keeps ${name} in everything a task holds`, async (bench) => {
        const task = bench.task({
          payload: text,
          group: text,
          idempotencyKey: text,
          tags: { [`key ${text}`]: text },
        })
        await bench.insert([task])
        const [twice] = await bench.insert([bench.task({ idempotencyKey: text })])
        assert.deepEqual(twice, { taskId: task.taskId, duplicate: true })
        const claimed = await bench.start('a')
        assert.equal(claimed.payload, text)
        assert.deepEqual(claimed.tags, task.tags)
        await bench.settle('a', claimed, 'retry', T0, { error: text, stacktrace: text })
        const again = await bench.claimOne('a')
        const logs = [line(text)]
        await bench.settle('a', again, 'success', T0, { result: text, logs })
        const stored = await bench.get(task.taskId)
        assert.equal(stored.payload, text)
        assert.equal(stored.result, text)
        assert.equal(stored.group, text)
        assert.equal(stored.idempotencyKey, text)
        assert.deepEqual(stored.tags, task.tags)
        assert.equal(stored.attempts[0]?.error, text)
        assert.equal(stored.attempts[0]?.stacktrace, text)
        assert.equal(stored.logTail[0]?.text, text)
      })

      if (!has('logs')) continue

      test(`keeps ${name} in logs and progress`, async (bench) => {
        await bench.add()
        const { taskId, fence } = await bench.start('a')
        const entries = Array.from({ length: 30 }, () => line(text))
        const progress = { fraction: 0.5, message: text }
        await bench.logs.append({
          instanceId: 'a',
          batches: [{ taskId, fence, entries, progress }],
        })
        const page = await bench.logs.read({ taskId, limit: 100 })
        assert.equal(page.entries.length, 30)
        assert(page.entries.every((entry) => entry.text === text))
        assert.deepEqual((await bench.get(taskId)).progress, progress)
      })
    }

    test('finds and filters by group and tags with such characters', async (bench) => {
      const id = await bench.add({ group: LONE, tags: { [LONE]: 'a"b\u0000', n: '1' } })
      await bench.add({ group: 'lone', tags: { n: '1' } })
      const find = async (filter: object) =>
        (await bench.storage.list({ filter, limit: 10, now: T0 })).tasks.map((task) => task.taskId)
      assert.deepEqual(await find({ group: [LONE] }), [id])
      assert.deepEqual(await find({ tags: [{ key: LONE, value: 'a"b\u0000' }] }), [id])
    })

    test('keeps a payload, a result and a log line of 1 MiB', async (bench) => {
      const text = JSON.stringify('ä€😀'.repeat(110_000))
      const id = await bench.add({ payload: text })
      const claimed = await bench.start('a')
      assert.equal(claimed.payload === text, true)
      const logs = [line(text)]
      await bench.settle('a', claimed, 'success', T0, { result: text, logs })
      const stored = await bench.get(id)
      assert.equal(stored.payload === text, true)
      assert.equal(stored.result === text, true)
      if (!has('logs')) return
      const page = await bench.logs.read({ taskId: id, limit: 10 })
      assert.equal(page.entries[0]?.text === text, true)
    })

    test('does not take tags for more than data', async (bench) => {
      const tags = Object.fromEntries([
        ['__proto__', 'p'],
        ['constructor', 'a'],
        ['toString', 'b'],
        ['1', 'c'],
      ])
      const id = await bench.add({ tags })
      await bench.add()
      assert.deepEqual(
        Object.entries((await bench.get(id)).tags).sort(),
        Object.entries(tags).sort(),
      )
      const filter = { tags: [{ key: '__proto__', value: 'p' }] }
      const { tasks } = await bench.storage.list({ filter, limit: 10, now: T0 })
      assert.deepEqual(
        tasks.map((task) => task.taskId),
        [id],
      )
      assert.equal(({} as Record<string, unknown>).a, undefined)
    })
  })
}
