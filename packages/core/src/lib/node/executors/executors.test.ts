import { describe, expect, it } from 'vitest'
import { defineTask, type FlowNode, type FlowResult } from '../../../index.ts'
import { kinds, start, taskOn } from './test-executors.ts'
import { checked } from './test-tasks.ts'
import { returned } from './test-values.ts'

const inProcess = defineTask<unknown, unknown>({
  name: 'async.return',
  run: (what) => returned[String(what)]?.(),
})

describe.each(kinds)('tasks in a %s', (kind) => {
  const on = (act: string) => taskOn(kind, act)

  it('get their payload and return their result', async () => {
    const { run } = await start()
    const payload = { deep: [{ a: 1 }, null, 'ü \ud800 \u0000 😀'], none: null }
    expect(await run(on('echo'), payload)).toMatchObject({ status: 'success', result: payload })
    expect((await run(on('echo'))).result).toBeNull()
  })

  it('know who they are, from any depth', async () => {
    const { run } = await start()
    const record = await run(on('context'), null, { tags: { customer: 'ada' } })
    expect(record.result).toEqual({
      taskId: record.taskId,
      funcName: `${kind}.context`,
      attempt: 0,
      tags: { customer: 'ada' },
      same: true,
    })
  })

  it('use one worker again and again, and another once there is more to do', async () => {
    const { run } = await start()
    const workers = new Set<unknown>()
    for (let n = 0; n < 5; n++) workers.add(JSON.stringify((await run(on('worker'))).result))
    expect(workers.size).toBe(1)
  })

  it('enqueue further tasks, and hear of those that are refused', async () => {
    const { run, ended } = await start()
    const ref = (await run(on('enqueue'), 21)).result
    expect(ref).toMatchObject({ taskId: expect.any(String), duplicate: false })
    const other = await ended((ref as { taskId: string }).taskId)
    expect(other).toMatchObject({ funcName: checked.name, result: 42, tags: { a: 'b' } })
    expect((await run(on('enqueueBadly'))).result).toEqual({
      code: 'invalid_payload',
      issues: [{ path: ['size'], message: expect.stringContaining('expected number') }],
      message: expect.stringContaining('checked: the payload was refused at size'),
    })
  })

  it('store flows, whose tasks know their parents wherever they run', async () => {
    const { run, ended } = await start()
    const { flowId, tasks, refs } = (await run(on('flow'))).result as FlowResult<{
      first: FlowNode
      last: FlowNode
    }>
    expect(refs).toEqual({ first: tasks[0], last: tasks[2] })
    const parents = [tasks[1], tasks[0]].map((ref, n) => ({
      taskId: ref?.taskId,
      funcName: checked.name,
      status: 'success',
      result: n === 0 ? 4 : 2,
    }))
    const last = await ended(refs.last.taskId)
    expect(last).toMatchObject({ flowId, status: 'success', result: [parents, [4, 2]] })
    const { taskId } = last
    const alike = await run(on('parents'), null, { dependsOn: [taskId] })
    expect(alike.result).toEqual([
      [{ ...parents[0], taskId, funcName: last.funcName, result: last.result }],
      [],
    ])
  })

  it('enqueue for later', async () => {
    const { run, manager } = await start()
    const at = Date.now() + 60_000
    const { result } = await run(on('enqueueLater'), at)
    expect(await manager.get(String(result))).toMatchObject({ phase: 'scheduled', runAt: at })
    // Of the value, a message to another process keeps less than one to a thread.
    expect((await run(on('enqueueNever'))).result).toMatch(
      /^TaskflowError: runAt: expected epoch milliseconds or a Date, got (NaN|null)$/,
    )
  })

  it.each(Object.keys(returned))('return %s as tasks of the event loop do', async (what) => {
    const { run, logOf } = await start({ tasks: [on('return'), inProcess] })
    const expected = await run(inProcess, what)
    const record = await run(on('return'), what)
    expect(record).toMatchObject({ status: 'success', result: expected.result })
    expect(await logOf(record.taskId)).toEqual(await logOf(expected.taskId))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})
