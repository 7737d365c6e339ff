import { describe, expect, it } from 'vitest'
import { StorageUnavailableError } from '../errors.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import type { TaskContext } from './context.ts'
import { defineTask } from './define-task.ts'
import { taskParents } from './parents.ts'
import { start, withParts } from './test-manager.ts'

const count = defineTask({ name: 'count', run: ({ n }: { n: number }) => ({ n, at: new Date(n) }) })
const name = defineTask({ name: 'name', run: (who: string) => who.toUpperCase() })
const fails = defineTask({
  name: 'fails',
  run() {
    throw new Error('no')
  },
})

/** A task that keeps its context. */
function keeper(options: { retries?: number; timeoutMs?: number } = {}) {
  const contexts: TaskContext[] = []
  const task = defineTask({
    name: 'keeper',
    ...options,
    run(_: { fail?: boolean } | undefined, context) {
      contexts.push(context)
      if (_?.fail && contexts.length === 1) throw new Error('once')
    },
  })
  return { task, contexts }
}

describe('context.parents', () => {
  it('has results as JSON keeps them, in the order of dependsOn', async () => {
    const { task, contexts } = keeper()
    const { manager, clock } = await start([count, name, task])
    const a = await manager.enqueue(count, { n: 1 })
    const b = await manager.enqueue(name, 'ann')
    const c = await manager.enqueue(count, { n: 2 })
    const dependsOn = [c.taskId, b.taskId, a.taskId]
    await manager.enqueue(task, {}, { dependsOn })
    await clock.advance(0)
    const parents = contexts[0]?.parents
    const at = (ms: number) => new Date(ms).toISOString()
    expect(parents).toEqual(
      [
        { ...c, status: 'success', funcName: 'count', result: { n: 2, at: at(2) } },
        { ...b, status: 'success', funcName: 'name', result: 'ANN' },
        { ...a, status: 'success', funcName: 'count', result: { n: 1, at: at(1) } },
      ].map(({ duplicate: _, ...parent }) => parent),
    )
    expect(parents?.of(count)).toEqual([parents?.[0], parents?.[2]])
    expect(parents?.of(fails)).toEqual([])
  })

  it('tells those that did not succeed, where the task runs all the same', async () => {
    const { task, contexts } = keeper()
    const { manager, clock } = await start([fails, name, task])
    const bad = await manager.enqueue(fails)
    const good = await manager.enqueue(name, 'ann')
    const dependsOn = [bad.taskId, good.taskId]
    await manager.enqueue(task, {}, { dependsOn, onParentFailure: 'run' })
    await clock.advance(0)
    expect(contexts[0]?.parents.map(({ status, result }) => [status, result])).toEqual([
      ['failed', undefined],
      ['success', 'ANN'],
    ])
  })

  it('is empty without parents, at no cost, and outside of a manager', async () => {
    const { task, contexts } = keeper()
    const memory = memoryStorage()
    let reads = 0
    const get: typeof memory.get = (input) => {
      reads++
      return memory.get(input)
    }
    const { manager, clock } = await start([task], { storage: withParts(memory, { get }) })
    await manager.enqueue(task, {})
    await clock.advance(0)
    await task.run({})
    expect(contexts.map(({ parents }) => [...parents])).toEqual([[], []])
    expect(reads).toBe(0)
  })

  it('is the same for every attempt, and for a retry by hand', async () => {
    const { task, contexts } = keeper({ retries: 1 })
    const { manager, clock } = await start([name, task])
    const parent = await manager.enqueue(name, 'ann')
    const dependsOn = [parent.taskId]
    await manager.enqueue(task, { fail: true }, { dependsOn })
    await clock.advance(0)
    const cancelled = await manager.enqueue(task, {}, { dependsOn, delayMs: 1_000 })
    await manager.cancel(cancelled.taskId)
    const retry = await manager.retry(cancelled.taskId)
    await clock.advance(0)
    expect(contexts.map(({ parents }) => parents.of(name)[0]?.result)).toEqual([
      'ANN',
      'ANN',
      'ANN',
    ])
    expect((await manager.get(retry.taskId))?.dependsOn).toEqual(dependsOn)
  })

  it('of a retry by hand leaves out parents that are deleted', async () => {
    const { task, contexts } = keeper()
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const { manager } = await start([name, task], { storage, clock })
    const parent = await manager.enqueue(name, 'ann')
    const child = await manager.enqueue(task, {}, { dependsOn: [parent.taskId], delayMs: 1_000 })
    await clock.advance(0)
    await manager.cancel(child.taskId)
    await storage.prune({ endedBefore: clock.now() + 1, limit: 10, funcNames: ['name'] })
    await manager.retry(child.taskId)
    await clock.advance(0)
    expect(contexts[0]?.parents).toHaveLength(0)
  })

  it('can be cloned, and gets `of` again', () => {
    const parent = { taskId: 'a', funcName: 'name', status: 'success', result: 'ANN' } as const
    const clone = structuredClone([...taskParents([parent])])
    expect(clone).toEqual([parent])
    expect(structuredClone(taskParents([parent]))).toEqual([parent])
    expect(taskParents(clone).of(name)[0]?.result).toBe('ANN')
  })
})

describe('a storage that is away when parents are read', () => {
  async function outage(options: { timeoutMs?: number } = {}) {
    const { task, contexts } = keeper(options)
    const clock = fakeClock()
    const memory = memoryStorage({ now: clock.now })
    const state = { away: true, silent: false, reads: 0 }
    const get: typeof memory.get = async (input) => {
      state.reads++
      if (state.silent) return new Promise<never>(() => {})
      if (state.away) throw new StorageUnavailableError('gone')
      return memory.get(input)
    }
    const storage = withParts(memory, { get })
    const { manager, errors } = await start([name, task], { storage, clock })
    const parent = await manager.enqueue(name, 'ann')
    const child = await manager.enqueue(task, {}, { dependsOn: [parent.taskId] })
    await clock.advance(0)
    const stored = async () => (await memory.get({ taskIds: [child.taskId] }))[0]
    return { manager, clock, errors, state, contexts, child, stored }
  }

  it('delays the handler and costs no attempt, not even by its time-out', async () => {
    const { clock, errors, state, contexts, stored } = await outage({ timeoutMs: 1_000 })
    await clock.advance(60_000)
    expect(state.reads).toBeGreaterThan(5)
    expect(contexts).toEqual([])
    expect(errors).toHaveLength(1)
    expect(String(errors[0])).toMatch(/tasks wait for the results of parents: .*gone/)
    state.away = false
    await clock.advance(5_000)
    expect(contexts[0]?.parents.of(name)[0]?.result).toBe('ANN')
    expect(await stored()).toMatchObject({ status: 'success', attemptsMade: 1, attempts: [{}] })
    expect((await stored())?.durationMs).toBe(0)
  })

  it('gives the task back at a shutdown, as if it had not been claimed', async () => {
    const { manager, clock, state, stored } = await outage()
    const stopped = manager.stop({ graceMs: 1_000, abortMs: 1_000 })
    await clock.advance(1_000)
    expect(await stopped).toMatchObject({ abandoned: 0, interrupted: 0, released: 0 })
    expect(await stored()).toMatchObject({ status: 'pending', attemptsMade: 0, attempts: [] })
    const { reads } = state
    await clock.advance(60_000)
    expect(state.reads).toBe(reads)
  })

  it('gives the task back also when the storage does not answer at all', async () => {
    const { manager, clock, state, stored } = await outage()
    state.silent = true
    await clock.advance(10_000)
    const stopped = manager.stop({ graceMs: 1_000, abortMs: 1_000 })
    await clock.advance(1_000)
    expect(await stopped).toMatchObject({ abandoned: 0 })
    expect(await stored()).toMatchObject({ status: 'pending', attemptsMade: 0 })
  })

  it('lets it be cancelled', async () => {
    const { manager, clock, child, contexts, stored } = await outage()
    await manager.cancel(child.taskId)
    await clock.advance(0)
    expect(await stored()).toMatchObject({ status: 'cancelled', attemptsMade: 0 })
    expect(contexts).toEqual([])
  })
})

it('a result that cannot be read fails the attempt and says so', async () => {
  const { task, contexts } = keeper()
  const memory = memoryStorage()
  const get: typeof memory.get = async (input) =>
    (await memory.get(input)).map((stored) => stored && { ...stored, result: '{' })
  const { manager, clock } = await start([name, task], { storage: withParts(memory, { get }) })
  const parent = await manager.enqueue(name, 'ann')
  const child = await manager.enqueue(task, {}, { dependsOn: [parent.taskId] })
  await clock.advance(0)
  expect(contexts).toEqual([])
  expect(await manager.get(child.taskId)).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/JSON/),
  })
})
