import assert from 'node:assert/strict'
import { type Bench, HOUR, idOf, MINUTE, T0 } from './bench.ts'
import type { Suite } from './harness.ts'
import { scheduleOf } from './schedules.ts'
import { TEXTS } from './text.ts'

/** Text that what tasks depend on, and the parts of a storage, keep as given. */
export function textPartsCases({ describe, test, has }: Suite): void {
  /** Each text, and another that a careless storage takes for the same. */
  const each = (name: string, run: (bench: Bench, text: string) => Promise<void>) => {
    for (const [kind, text] of TEXTS) test(`${name}: ${kind}`, (bench) => run(bench, text))
  }

  describe('text in flows and parts', () => {
    each('flow and schedule of a task', async (bench, text) => {
      const flowId = `flow ${text}`
      const scheduleId = `schedule ${text}`
      const id = await bench.add({ flowId, scheduleId })
      await bench.add({ flowId: 'flow ', scheduleId: 'schedule ' })
      const task = await bench.get(id)
      assert.deepEqual([task.flowId, task.scheduleId], [flowId, scheduleId])
      for (const filter of [{ flowId: [flowId] }, { scheduleId: [scheduleId] }]) {
        const { tasks } = await bench.storage.list({ filter, limit: 10, now: T0 })
        assert(tasks.some(({ taskId }) => taskId === id))
        assert.equal(tasks.length, text === '' ? 2 : 1)
      }
    })

    each('an unknown parent', async (bench, text) => {
      const dependsOn = [`${text}?`]
      const tasks = [bench.task({ dependsOn }), bench.task({ flowId: `${text}f`, dependsOn })]
      const results = await bench.insert(tasks)
      assert.deepEqual(
        results.map(({ unknownParent }) => unknownParent),
        [`${text}?`, `${text}?`],
      )
    })

    if (has('functions')) {
      each('a paused function', async (bench, text) => {
        const funcNames = [`f${text}`]
        await bench.functions.setPaused({ funcNames, paused: true, now: T0 })
        assert.deepEqual(await bench.functions.paused(), [{ funcName: `f${text}`, pausedAt: T0 }])
        const [again] = await bench.functions.setPaused({ funcNames, paused: true })
        assert.equal(again?.changed, false)
        await bench.functions.setPaused({ funcNames, paused: false })
        assert.deepEqual(await bench.functions.paused(), [])
      })
    }

    if (has('schedules')) {
      each('a schedule', async (bench, text) => {
        const scheduleId = `s${text}`
        const definition = JSON.stringify({ payload: text }) + text
        const schedule = scheduleOf(scheduleId, { revision: `r${text}`, definition })
        await bench.schedules.declare({ schedules: [schedule], now: T0 })
        const again = await bench.schedules.declare({ schedules: [schedule], now: T0 })
        assert.equal(again[0]?.result, 'kept')
        const [stored] = await bench.schedules.list({ scheduleIds: [scheduleId] })
        assert.deepEqual(
          [stored?.scheduleId, stored?.revision, stored?.definition],
          [scheduleId, `r${text}`, definition],
        )
        const task = bench.task({ scheduleId })
        const tick = { scheduleId, revision: `r${text}`, dueAt: T0 + HOUR, task }
        const [fired] = await bench.schedules.fire({
          ticks: [{ ...tick, outcome: 'ran', nextRunAt: null }],
          now: T0 + HOUR,
        })
        assert.deepEqual([fired?.scheduleId, fired?.result], [scheduleId, 'ran'])
        const { ticks } = await bench.schedules.ticks({ scheduleId, limit: 10 })
        assert.equal(ticks[0]?.taskId, task.taskId)
        const changes = [{ scheduleId, removed: true as const }]
        const [changed] = await bench.schedules.change({ changes, now: T0 })
        assert.deepEqual(changed, { scheduleId, result: 'changed' })
      })
    }

    if (has('audit')) {
      each('an audit entry', async (bench, text) => {
        const detail = { [`key ${text}`]: text, list: [text] }
        const entry = { entryId: idOf(1), taskId: null, detail }
        const own = { ...entry, action: `a${text}`, actor: `b${text}` }
        const other = { ...entry, entryId: idOf(2), action: 'a', actor: 'b' }
        await bench.audit.append({ entries: [own, other], now: T0 })
        const find = async (query: object) =>
          (await bench.audit.list({ limit: 10, ...query })).entries
        assert.deepEqual((await find({}))[1], { ...own, at: T0 })
        const wanted = text === '' ? 2 : 1
        assert.equal((await find({ action: [`a${text}`] })).length, wanted)
        assert.equal((await find({ actor: `b${text}` })).length, wanted)
      })
    }

    if (has('sessions')) {
      each('a login key and a session', async (bench, text) => {
        const tries = [{ key: `k${text}`, max: 1 }]
        const input = { tries, windowMs: MINUTE, now: T0 }
        assert.equal((await bench.sessions.countLogin(input)).counted, true)
        assert.equal((await bench.sessions.countLogin(input)).counted, false)
        await bench.sessions.forgetLogins({ tries: [{ key: `k${text}`, at: T0 }] })
        assert.equal((await bench.sessions.countLogin(input)).counted, true)
        await bench.sessions.end({ sessionId: `s${text}`, expiresAt: T0 + MINUTE, now: T0 })
        const sessionIds = [`s${text}`, 's']
        const ended = await bench.sessions.ended({ sessionIds, now: T0 })
        assert.deepEqual(ended, [true, text === ''])
      })
    }

    test('names that objects have of their own are only text', async (bench) => {
      for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        const id = await bench.add({ flowId: name, scheduleId: name, idempotencyKey: name })
        const [again] = await bench.insert([bench.task({ idempotencyKey: name })])
        assert.deepEqual(again, { taskId: id, duplicate: true })
        const [unknown] = await bench.insert([bench.task({ dependsOn: [name] })])
        assert.equal(unknown?.unknownParent, name)
        const { tasks } = await bench.storage.list({ filter: { flowId: [name] }, limit: 9 })
        assert.deepEqual(
          tasks.map((task) => [task.taskId, task.flowId, task.scheduleId]),
          [[id, name, name]],
        )
        if (has('functions')) {
          await bench.functions.setPaused({ funcNames: [name], paused: true, now: T0 })
          const paused = await bench.functions.paused()
          assert(paused.some(({ funcName }) => funcName === name))
        }
        if (has('schedules')) {
          const schedules = [scheduleOf(name)]
          const [declared] = await bench.schedules.declare({ schedules, now: T0 })
          assert.deepEqual(declared, { scheduleId: name, result: 'added' })
        }
        if (has('sessions')) {
          assert.deepEqual(await bench.sessions.ended({ sessionIds: [name], now: T0 }), [false])
          const input = { tries: [{ key: name, max: 1 }], windowMs: MINUTE, now: T0 }
          assert.equal((await bench.sessions.countLogin(input)).counted, true)
          assert.equal((await bench.sessions.countLogin(input)).counted, false)
        }
      }
      if (!has('audit')) return
      const detail = JSON.parse('{"__proto__":{"a":1},"constructor":"b"}')
      const entry = { entryId: idOf(1), action: '__proto__', taskId: null, actor: 'constructor' }
      await bench.audit.append({ entries: [{ ...entry, detail }], now: T0 })
      const [stored] = (await bench.audit.list({ limit: 1 })).entries
      assert.equal(JSON.stringify(stored?.detail), JSON.stringify(detail))
      assert.equal(({} as Record<string, unknown>).a, undefined)
    })
  })
}
