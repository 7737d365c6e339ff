import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { LifecycleEvent, TaskObserver } from '../observers/observer.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { defineTask, describeTask } from './define-task.ts'
import { on } from './on.ts'
import { AbandonTask, SnoozeTask } from './signals.ts'
import { TaskManager } from './task-manager.ts'
import { gate, start, withParts } from './test-manager.ts'

const importRows = defineTask({
  name: 'import_rows',
  run: ({ rows }: { rows: number }) => ({ rows, at: new Date(0) }),
})
const report = defineTask({
  name: 'report',
  schema: z.object({ rows: z.number().max(100) }),
  priority: 3,
  after: [on(importRows, ({ rows }) => ({ rows }))],
  run: ({ rows }) => rows * 2,
})

describe('after', () => {
  it('starts a run with what the function made of the result', async () => {
    const { manager, clock } = await start([importRows, report])
    await manager.enqueue(importRows, { rows: 7 }, { tags: { a: 'b' }, priority: 1 })
    await clock.advance(0)
    const { tasks } = await manager.list({ filter: { funcName: ['report'] } })
    expect(tasks).toMatchObject([
      { source: 'chained', status: 'success', priority: 3, tags: {}, flowId: null },
    ])
    const record = await manager.get(tasks[0]?.taskId ?? '')
    expect(record).toMatchObject({ payload: { rows: 7 }, result: 14, dependsOn: [] })
  })

  it('is stored in the same commit as the success', async () => {
    const memory = memoryStorage()
    const { task, open } = gate()
    const follower = defineTask({ name: 'follower', after: [on(task)], run() {} })
    const turns: unknown[] = []
    const turn: typeof memory.turn = (input) => {
      for (const { outcome, chained } of input.settle) turns.push([outcome.type, chained?.length])
      return memory.turn(input)
    }
    const { manager, clock } = await start([task, follower], {
      storage: withParts(memory, { turn }),
    })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    open.get(taskId)?.end()
    await clock.advance(0)
    expect(turns).toEqual([
      ['success', 1],
      ['success', undefined],
    ])
  })

  it('gives the function the result as JSON keeps it, and each its own', async () => {
    const seen: unknown[] = []
    const see = (result: object) => {
      seen.push({ ...result })
      Object.assign(result, { changed: true })
    }
    const a = defineTask({ name: 'a', after: [on(importRows, see)], run() {} })
    const b = defineTask({ name: 'b', after: [on(importRows, see)], run() {} })
    const { manager, clock } = await start([importRows, a, b])
    const { taskId } = await manager.enqueue(importRows, { rows: 1 })
    await clock.advance(0)
    const asJson = { rows: 1, at: '1970-01-01T00:00:00.000Z' }
    expect(seen).toEqual([asJson, asJson])
    expect((await manager.get(taskId))?.result).toEqual(asJson)
  })

  it('follows several tasks, and runs on along a chain', async () => {
    const other = defineTask({ name: 'other', run: () => 5 })
    const both = defineTask({
      name: 'both',
      after: [on(importRows, ({ rows }) => rows), on(other, (n) => n)],
      run: (n: number) => n,
    })
    const last = defineTask({ name: 'last', after: [on(both, (n) => n)], run: (n: number) => n })
    const { manager, clock } = await start([last, both, other, importRows])
    await manager.enqueue(importRows, { rows: 4 })
    await manager.enqueue(other)
    await clock.advance(0)
    const { tasks } = await manager.list({ filter: { funcName: ['last'] } })
    const results = await Promise.all(
      tasks.map(async ({ taskId }) => (await manager.get(taskId))?.result),
    )
    expect(results.toSorted()).toEqual([4, 5])
  })

  it.each([
    ['fails', () => new AbandonTask('no'), 'failed'],
    ['is tried again', () => new Error('no'), 'pending'],
    ['snoozes', () => new SnoozeTask(1_000), 'pending'],
  ])('starts nothing where the run %s', async (_, thrown, expected) => {
    const upstream = defineTask({
      name: 'upstream',
      retries: 1,
      delayMs: 1_000,
      run(): number {
        throw thrown()
      },
    })
    const follower = defineTask({ name: 'follower', after: [on(upstream)], run() {} })
    const { manager, clock, status } = await start([upstream, follower])
    const { taskId } = await manager.enqueue(upstream)
    await clock.advance(0)
    expect(await status(taskId)).toBe(expected)
    expect((await manager.list()).total).toBe(1)
  })

  it.each([
    [
      'the schema refuses',
      () => ({ rows: 101 }),
      /^report was not started after import_rows: .*too big/i,
    ],
    [
      'throws',
      () => {
        throw new RangeError('odd')
      },
      /^report was not started .*RangeError: odd/,
    ],
    ['is a promise', (async () => ({ rows: 1 })) as never, /expected a payload, got a promise/],
    ['has no JSON', () => ({ rows: 1n }) as never, /expected a value that JSON holds/],
  ])('a payload that %s costs that run, not the success nor other runs', async (_, make, why) => {
    const upstream = defineTask({ name: 'import_rows', run: () => 1 })
    const bad = defineTask({
      name: 'report',
      schema: z.object({ rows: z.number().max(100) }),
      after: [on(upstream, make)],
      run() {},
    })
    const good = defineTask({ name: 'good', after: [on(upstream)], run() {} })
    const { manager, clock, errors, status } = await start([upstream, bad, good])
    const { taskId } = await manager.enqueue(upstream)
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
    const { entries } = await manager.logs({ taskId })
    expect(entries).toMatchObject([{ level: 'error', text: expect.stringMatching(why) }])
    expect(errors).toMatchObject([{ code: 'invalid_payload', message: entries[0]?.text }])
    const { tasks } = await manager.list()
    expect(tasks.map(({ funcName }) => funcName).toSorted()).toEqual(['good', 'import_rows'])
  })

  it('names no secrets of the upstream when it refuses', async () => {
    const upstream = defineTask({
      name: 'upstream',
      secret: ['token'],
      run: ({ token }: { token: string }) => token,
    })
    const fails = (token: string) => {
      throw new Error(`cannot use ${token}`)
    }
    const follower = defineTask({ name: 'follower', after: [on(upstream, fails)], run() {} })
    const { manager, clock, errors } = await start([upstream, follower])
    const { taskId } = await manager.enqueue(upstream, { token: 'not-for-logs' })
    await clock.advance(0)
    const { entries } = await manager.logs({ taskId })
    expect(entries[0]?.text).toBe('follower was not started after upstream: cannot use •••')
    expect(errors).toMatchObject([{ message: entries[0]?.text }])
  })

  it('starts nothing for a success that came too late', async () => {
    const { task, open } = gate()
    const follower = defineTask({ name: 'follower', after: [on(task)], run() {} })
    const storage = memoryStorage()
    const { manager, clock } = await start([task, follower], { storage, cancelGraceMs: 0 })
    const steps: string[] = []
    manager.subscribe(({ step, funcName }) => steps.push(`${funcName} ${step}`))
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    // Behind the manager's back, so that the handler does not hear of it.
    await storage.cancel({ taskIds: [taskId] })
    await storage.cancel({ taskIds: [taskId], force: true, graceMs: 0 })
    open.get(taskId)?.end()
    await clock.advance(0)
    expect((await manager.list()).tasks).toMatchObject([{ taskId, status: 'cancelled' }])
    expect(steps).toEqual(['gate accepted', 'gate started'])
  })

  it('is told to observers as accepted, once the success is', async () => {
    const { manager, clock } = await start([importRows, report])
    const events: LifecycleEvent[] = []
    manager.subscribe((event) => events.push(event))
    await manager.enqueue(importRows, { rows: 1 })
    await clock.advance(0)
    expect(events.map(({ funcName, step }) => `${funcName} ${step}`)).toEqual([
      'import_rows accepted',
      'import_rows started',
      'import_rows success',
      'report accepted',
      'report started',
      'report success',
    ])
    const [accepted, started] = events.filter(({ funcName }) => funcName === 'report')
    expect(accepted?.taskId).toBe(started?.taskId)
  })
})

it('goes on with the trace of the run that it follows', async () => {
  const spans = new AsyncLocalStorage<string>()
  const begun: (string | null)[] = []
  const tracer: TaskObserver = {
    trace: () => spans.getStore(),
    async around({ funcName, trace }, run) {
      begun.push(trace)
      await spans.run(`span of ${funcName}`, run)
    },
  }
  const { manager, clock } = await start([importRows, report], { observers: [tracer] })
  await spans.run('span of the caller', () => manager.enqueue(importRows, { rows: 1 }))
  await clock.advance(0)
  expect(begun).toEqual(['span of the caller', 'span of import_rows'])
})

describe('definitions with after', () => {
  it('name what they follow, each once', () => {
    const twice = defineTask({
      name: 'twice',
      after: [on(importRows), on(report), on(importRows)],
      run() {},
    })
    expect(describeTask(twice).after).toEqual(['import_rows', 'report'])
    expect(describeTask(importRows).after).toEqual([])
  })

  it('are refused without what they follow', () => {
    expect(() => new TaskManager({ tasks: [report] })).toThrow(
      "TaskManager: report: after: expected one of the manager's tasks, got import_rows",
    )
  })

  it('are refused in a cycle', () => {
    const first = defineTask({ name: 'a', run() {} })
    const b = defineTask({ name: 'b', after: [on(first)], run() {} })
    const c = defineTask({ name: 'c', after: [on(b)], run() {} })
    const a = defineTask({ name: 'a', after: [on(c)], run() {} })
    const start = defineTask({ name: 'start', run() {} })
    const entry = defineTask({ name: 'b', after: [on(start), on(first)], run() {} })
    expect(() => new TaskManager({ tasks: [a, b, c] })).toThrow(
      /after: expected no cycle, got (c → a → b → c|a → b → c → a|b → c → a → b)$/,
    )
    expect(() => new TaskManager({ tasks: [start, a, entry, c] })).toThrow(/expected no cycle/)
    const self = defineTask({ name: 'a', after: [on(first)], run() {} })
    expect(() => new TaskManager({ tasks: [self] })).toThrow(/no cycle, got a → a$/)
    expect(() => new TaskManager({ tasks: [first, b, c] })).not.toThrow()
  })

  it('may share what they follow, on many ways', () => {
    const layers = [[defineTask({ name: 'top', run() {} })]]
    for (let n = 0; n < 40; n++) {
      const after = (layers.at(-1) ?? []).map((task) => on(task))
      layers.push(['x', 'y'].map((side) => defineTask({ name: `${side}${n}`, after, run() {} })))
    }
    expect(() => new TaskManager({ tasks: layers.flat() })).not.toThrow()
  })

  it.each([
    ['a task instead of a list', importRows],
    ['a task in the list', [importRows]],
    ['a name', ['import_rows']],
  ])('are refused with %s', (_, after) => {
    const define = () => defineTask({ name: 'bad', after: after as never, run() {} })
    expect(define).toThrow(/^bad: after: expected an array of on\(task, …\)/)
  })

  it('are refused where on gets no task or no function', () => {
    expect(() => on(undefined as never)).toThrow(/^on: expected a task and a function/)
    expect(() => on(importRows, 'rows' as never)).toThrow(/^on: expected/)
  })
})
