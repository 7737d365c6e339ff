import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTask, getTaskContext, SnoozeTask, taskLog } from '../../index.ts'
import { runTask, taskParents } from '../../testing.ts'

const mail = defineTask({ name: 'mail', run: (_: { to: string }) => {} })

describe('runTask', () => {
  it('returns result, log, progress and what was enqueued', async () => {
    const report = defineTask({
      name: 'report',
      async run({ month }: { month: number }, { log, progress, tasks }) {
        log('counting')
        progress(0.5, 'half')
        taskLog('nearly', 'warn')
        await tasks.enqueue(mail, { to: 'ann' }, { priority: 3 })
        return { month, at: new Date(0) }
      },
    })
    const run = await runTask(report, { month: 5 })
    expect(run.result).toEqual({ month: 5, at: '1970-01-01T00:00:00.000Z' })
    expect(run.logs).toMatchObject([
      { n: 1, level: 'info', text: 'counting', attempt: 0 },
      { n: 2, level: 'warn', text: 'nearly' },
    ])
    expect(run.progress).toEqual([{ fraction: 0.5, message: 'half' }])
    expect(run.enqueued).toEqual([
      { funcName: 'mail', payload: { to: 'ann' }, options: { priority: 3 } },
    ])
  })

  it('writes down a flow, with parents by the ids of what was enqueued', async () => {
    const outer = defineTask({
      name: 'outer',
      async run(_: void, { tasks }) {
        const { tasks: refs } = await tasks.flow((flow) => {
          const first = flow.add(mail, { to: 'ann' }, { priority: 3 })
          flow.add(mail, { to: 'bob' }, { after: [first] })
        })
        return refs[0]?.taskId
      },
    })
    const { enqueued, result } = await runTask(outer)
    expect(enqueued).toEqual([
      { funcName: 'mail', payload: { to: 'ann' }, options: { priority: 3, dependsOn: [] } },
      { funcName: 'mail', payload: { to: 'bob' }, options: { dependsOn: [result] } },
    ])
  })

  it('gives the handler the parents of the test', async () => {
    const lengths = defineTask({ name: 'length', run: (text: string) => text.length })
    const sum = defineTask({
      name: 'sum',
      run: (_: void, { parents }) => parents.of(lengths).map(({ result }) => result),
    })
    const parent = { taskId: 'a', funcName: 'length', status: 'success', result: 3 } as const
    expect((await runTask(sum)).result).toEqual([])
    const parents = taskParents([parent, { ...parent, funcName: 'other' }])
    expect((await runTask(sum, undefined, { parents })).result).toEqual([3])
  })

  it('gives the handler the context of the test, from any depth', async () => {
    const picky = defineTask({
      name: 'picky',
      run(_: void, { attempt, tags, signal }) {
        const deep = getTaskContext()
        return [attempt, deep.attempt, tags.tenant, signal.aborted, deep.taskId]
      },
    })
    const context = { attempt: 2, tags: { tenant: 'acme' }, signal: AbortSignal.abort() }
    const { result } = await runTask(picky, undefined, { ...context, taskId: 'mine' })
    expect(result).toEqual([2, 2, 'acme', true, 'mine'])
  })

  it('checks the payload as enqueue does, and gives the handler what the schema makes of it', async () => {
    const checked = defineTask({
      name: 'checked',
      schema: z.object({ n: z.string().transform(Number) }),
      run: ({ n }) => n + 1,
    })
    expect((await runTask(checked, { n: '41' })).result).toBe(42)
    await expect(runTask(checked, { n: 41 as never })).rejects.toMatchObject({
      code: 'invalid_payload',
    })
    const cycle: { to: string; self?: unknown } = { to: 'ann' }
    cycle.self = cycle
    await expect(runTask(mail, cycle)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('rejects with what the handler throws, and for a result that no storage keeps', async () => {
    const snoozes = defineTask({
      name: 'snoozes',
      run() {
        throw new SnoozeTask(5)
      },
    })
    await expect(runTask(snoozes)).rejects.toEqual(new SnoozeTask(5))
    const big = defineTask({ name: 'big', run: () => 1n })
    await expect(runTask(big)).rejects.toThrow('big: result: expected a value that JSON holds')
    const nothing = defineTask({ name: 'nothing', run() {} })
    expect((await runTask(nothing)).result).toBeUndefined()
  })

  it('refuses to enqueue what a manager would refuse', async () => {
    const careless = defineTask({
      name: 'careless',
      run: async (_: void, { tasks }) => {
        await tasks.enqueue(mail, { to: 'ann' }, { priority: 0.5 })
      },
    })
    await expect(runTask(careless)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
