import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { InsertInput, TaskStorage } from '../storage/contract.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { defineTask } from './define-task.ts'
import type { FlowBuilder } from './flow.ts'
import { gate, start, withParts } from './test-manager.ts'

const add = defineTask({
  name: 'add',
  schema: z.object({ n: z.number() }),
  run: ({ n }, { parents }): number =>
    parents.of(add).reduce((sum, { result = 0 }) => sum + result, n),
})

/** A memory storage, and what was inserted into it, call by call. */
function recorded(change: Partial<TaskStorage> = {}) {
  const calls: InsertInput[] = []
  const memory = memoryStorage()
  const insert = (input: InsertInput) => {
    calls.push(input)
    return memory.insert(input)
  }
  return { storage: withParts(memory, { insert, ...change }), calls }
}

describe('flow', () => {
  it('stores a graph in one call and runs each task after those it comes after', async () => {
    const { storage, calls } = recorded()
    const { manager, clock, status } = await start([add], { storage })
    const { flowId, tasks, refs } = await manager.flow((flow) => {
      const top = flow.add(add, { n: 1 })
      const left = flow.add(add, { n: 10 }, { after: [top] })
      const right = flow.add(add, { n: 20 }, { after: [top, top] })
      const bottom = flow.add(add, { n: 100 }, { after: [left, right], priority: 7 })
      return { top, bottom }
    })
    expect(calls.map((call) => call.tasks.length)).toEqual([4])
    expect(tasks).toHaveLength(4)
    expect(refs).toEqual({ top: tasks[0], bottom: tasks[3] })
    const ids = tasks.map(({ taskId }) => taskId)
    expect(ids.toSorted()).toEqual(ids)
    await clock.advance(0)
    for (const id of ids) expect(await status(id)).toBe('success')
    expect(await manager.get(refs.bottom.taskId)).toMatchObject({
      result: 132,
      flowId,
      priority: 7,
      source: 'manual',
      dependsOn: [ids[1], ids[2]],
    })
    const { tasks: found } = await manager.list({ filter: { flowId: [flowId] } })
    expect(found).toHaveLength(4)
  })

  it.each([
    ['a node', (flow: FlowBuilder) => flow.add(add, { n: 1 }), { duplicate: false }],
    ['a list', (flow: FlowBuilder) => [flow.add(add, { n: 1 })], [{ duplicate: false }]],
    ['nothing', (flow: FlowBuilder) => void flow.add(add, { n: 1 }), undefined],
  ])('gives refs in the shape that the function returned: %s', async (_, build, expected) => {
    const { manager } = await start([add])
    const { refs } = await manager.flow<ReturnType<typeof build>>(build)
    if (expected) expect(refs).toMatchObject(expected)
    else expect(refs).toBeUndefined()
  })

  it('stores nothing without tasks', async () => {
    const { storage, calls } = recorded()
    const { manager } = await start([add], { storage })
    expect((await manager.flow(() => {})).tasks).toEqual([])
    expect(calls.flatMap(({ tasks }) => tasks)).toEqual([])
  })

  it('is refused as a whole for one payload, and stores nothing', async () => {
    const { manager } = await start([add])
    const refused = manager.flow((flow) => {
      const good = flow.add(add, { n: 1 })
      flow.add(add, { n: 'two' as never }, { after: [good] })
    })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_payload' })
    expect((await manager.list()).tasks).toEqual([])
  })

  it('takes a thousand tasks, which may all be parents of one, and no more', async () => {
    const { manager, clock } = await start([add], { concurrency: 100 })
    const wide = (count: number) => (flow: FlowBuilder) => {
      const parents = Array.from({ length: count - 1 }, (_, n) => flow.add(add, { n }))
      return flow.add(add, { n: 0 }, { after: parents })
    }
    const { refs } = await manager.flow(wide(1_000))
    await clock.advance(0)
    await expect.poll(async () => (await manager.get(refs.taskId))?.result).toBe((998 * 999) / 2)
    await expect(manager.flow(wide(1_001))).rejects.toThrow(/^flow: expected at most 1000 tasks/)
    expect((await manager.list()).total).toBe(1_000)
  })

  it('refuses payloads that are too large together', async () => {
    const big = defineTask({ name: 'big', run: (_: string) => {} })
    const { manager } = await start([big])
    const payload = 'x'.repeat(1_000_000)
    const refused = manager.flow((flow) => {
      for (let n = 0; n < 40; n++) flow.add(big, payload)
    })
    await expect(refused).rejects.toMatchObject({ code: 'too_large' })
    expect((await manager.list()).tasks).toEqual([])
  })

  it('is refused as a whole where the queue has no room for all of it', async () => {
    const { manager } = await start([add], { maxPending: 2, concurrency: 0 })
    const refused = manager.flow((flow) => [1, 2, 3].map((n) => flow.add(add, { n })))
    await expect(refused).rejects.toMatchObject({ code: 'throttled' })
    await manager.flow((flow) => [1, 2].map((n) => flow.add(add, { n })))
    expect((await manager.list()).total).toBe(2)
  })

  it('refuses nodes of another flow, and tasks that are not nodes', async () => {
    const { manager } = await start([add])
    const kept: ReturnType<FlowBuilder['add']>[] = []
    await manager.flow((flow) => {
      kept.push(flow.add(add, { n: 1 }))
    })
    const foreign = { after: kept }
    const message = /^flow: add: after: expected a node of this flow/
    const refused = manager.flow((flow) => flow.add(add, { n: 1 }, foreign))
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(message),
    })
    const byId = manager.flow((flow) => flow.add(add, { n: 1 }, { after: ['id' as never] }))
    await expect(byId).rejects.toThrow(message)
    await expect(manager.flow(() => kept)).rejects.toThrow(/return value: expected a node/)
    await expect(manager.flow(() => ({ kept: kept[0] }) as never)).rejects.toThrow(/value: kept:/)
    expect((await manager.list()).tasks).toHaveLength(1)
  })

  it('refuses a function that takes its time, and what it adds later', async () => {
    const { manager } = await start([add])
    let late = Promise.resolve()
    const build = (flow: FlowBuilder) => {
      late = Promise.resolve().then(() => void flow.add(add, { n: 1 }))
      return late
    }
    const refused = manager.flow(build as never)
    await expect(refused).rejects.toThrow(/expected a function that returns at once/)
    await expect(late).rejects.toThrow(/before the function returns/)
    expect((await manager.list()).tasks).toEqual([])
  })

  it('rejects with what the function throws', async () => {
    const { manager } = await start([add])
    const failure = new Error('mine')
    const refused = manager.flow((flow) => {
      flow.add(add, { n: 1 })
      throw failure
    })
    await expect(refused).rejects.toBe(failure)
    expect((await manager.list()).tasks).toEqual([])
  })

  it('puts the task that holds a key in the place of a duplicate', async () => {
    const { task, open } = gate()
    const { manager, clock, phase } = await start([task])
    const first = await manager.enqueue(task, undefined, { idempotencyKey: 'k' })
    const { refs } = await manager.flow((flow) => {
      const again = flow.add(task, undefined, { idempotencyKey: 'k' })
      return [again, flow.add(task, undefined, { after: [again] })]
    })
    expect(refs[0]).toEqual({ taskId: first.taskId, duplicate: true })
    await clock.advance(0)
    expect(await phase(refs[1].taskId)).toBe('blocked')
    open.get(first.taskId)?.end()
    await clock.advance(0)
    expect(await phase(refs[1].taskId)).toBe('running')
  })

  it('is stored in the transaction of the caller', async () => {
    const elsewhere = memoryStorage()
    const { manager } = await start([add])
    const { tasks } = await manager.flow(
      (flow) => void flow.add(add, { n: 2 }, { after: [flow.add(add, { n: 1 })] }),
      { via: elsewhere },
    )
    expect((await manager.list()).tasks).toEqual([])
    const stored = await elsewhere.get({ taskIds: tasks.map(({ taskId }) => taskId) })
    expect(stored.map((task) => task?.phase)).toEqual(['queued', 'blocked'])
  })

  it('is stored before a stopping manager lets go of the storage', async () => {
    let insert = () => {}
    const memory = memoryStorage()
    const slow = (input: InsertInput) =>
      new Promise<void>((resolve) => {
        insert = resolve
      }).then(() => memory.insert(input))
    const { manager, clock } = await start([add], { storage: withParts(memory, { insert: slow }) })
    const stored = manager.flow((flow) => flow.add(add, { n: 1 }))
    await clock.advance(0)
    const stopped = manager.stop({ graceMs: 0, abortMs: 0 })
    await clock.advance(0)
    insert()
    const { refs } = await stored
    await stopped
    expect(await memory.get({ taskIds: [refs.taskId] })).toMatchObject([{ status: 'pending' }])
    const late = manager.flow((flow) => flow.add(add, { n: 1 }))
    await expect(late).rejects.toMatchObject({ code: 'unavailable', committed: 'no' })
  })

  it('can be started by a running task', async () => {
    const outer = defineTask({
      name: 'outer',
      run: async (_: void, { tasks }) =>
        (await tasks.flow((flow) => [flow.add(add, { n: 1 })])).refs[0].taskId,
    })
    const { manager, clock, status } = await start([add, outer])
    const { taskId } = await manager.enqueue(outer)
    await clock.advance(0)
    const record = await manager.get(taskId)
    expect(await status(record?.result as string)).toBe('success')
    await expect(outer.run()).rejects.toThrow(/outer: context.tasks: expected to be run by/)
  })
})

describe('a flow of a request', () => {
  it('starts after the response, but for tasks that are eager or due later', async () => {
    const { task, open } = gate()
    const { manager, clock, phase } = await start([task])
    const request = manager.forRequest()
    const { refs } = await request.flow((flow) => {
      const held = flow.add(task)
      const eager = flow.add(task, undefined, { eager: true })
      const later = flow.add(task, undefined, { delayMs: 60_000 })
      const child = flow.add(task, undefined, { after: [held, eager] })
      return { held, eager, later, child }
    })
    const phases = () =>
      Promise.all(Object.values(refs).map((ref) => phase((ref as { taskId: string }).taskId)))
    await clock.advance(0)
    expect(await phases()).toEqual(['scheduled', 'running', 'scheduled', 'blocked'])
    await request.release()
    await clock.advance(0)
    expect(await phases()).toEqual(['running', 'running', 'scheduled', 'blocked'])
    open.get(refs.held.taskId)?.end()
    open.get(refs.eager.taskId)?.end()
    await clock.advance(0)
    expect(await phases()).toEqual(['success', 'success', 'scheduled', 'running'])
  })

  it('starts at once after the response, and with the commit of a transaction', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task])
    const request = manager.forRequest()
    const elsewhere = memoryStorage()
    const via = await request.flow((flow) => flow.add(task), { via: elsewhere })
    const [stored] = await elsewhere.get({ taskIds: [via.refs.taskId] })
    expect(stored?.phase).toBe('queued')
    await request.release()
    const { refs } = await request.flow((flow) => flow.add(task))
    await clock.advance(0)
    expect(await status(refs.taskId)).toBe('running')
  })
})
