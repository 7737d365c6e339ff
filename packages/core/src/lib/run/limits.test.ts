import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { asyncExecutor } from './executor.ts'
import { TaskManager } from './task-manager.ts'
import { gate, start, withParts } from './test-manager.ts'

const states = async (manager: TaskManager) =>
  (await manager.list({ order: 'asc' })).tasks.map(({ status }) => status)

describe('concurrency of a task', () => {
  it('holds back its own tasks and no others', async () => {
    const { task, open } = gate('narrow', { concurrency: 2 })
    const { task: wide } = gate('wide')
    const { manager, clock } = await start([task, wide])
    const refs = [await manager.enqueue(task), await manager.enqueue(task)]
    await manager.enqueue(task)
    await manager.enqueue(wide)
    await clock.advance(0)
    expect(await states(manager)).toEqual(['running', 'running', 'pending', 'running'])
    open.get(refs[0]?.taskId ?? '')?.end()
    await clock.advance(0)
    expect(await states(manager)).toEqual(['success', 'running', 'running', 'running'])
  })

  it('holds over all instances', async () => {
    const { task, open } = gate('narrow', { concurrency: 1 })
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const one = await start([task], { clock, storage })
    const two = await start([task], { clock, storage })
    const first = await one.manager.enqueue(task)
    const second = await two.manager.enqueue(task)
    await clock.advance(0)
    expect(await states(one.manager)).toEqual(['running', 'pending'])
    open.get(first.taskId)?.end()
    await clock.advance(3_000)
    expect(await one.status(second.taskId)).toBe('running')
  })
})

describe('rateLimit of a task', () => {
  it('starts no more than that in a while', async () => {
    const task = defineTask({
      name: 'slow',
      rateLimit: { count: 2, perMs: 1_000 },
      run: () => {},
    })
    const { manager, clock } = await start([task])
    for (let n = 0; n < 5; n++) await manager.enqueue(task)
    await clock.advance(0)
    expect(await states(manager)).toEqual(['success', 'success', 'pending', 'pending', 'pending'])
    await clock.advance(500)
    expect((await states(manager)).filter((status) => status === 'success')).toHaveLength(3)
    await clock.advance(1_000)
    expect((await states(manager)).filter((status) => status === 'success')).toHaveLength(5)
  })
})

describe('pause', () => {
  it('stops the starting of a function until resume, on all instances', async () => {
    const { task } = gate()
    const { task: other } = gate('other')
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const one = await start([task, other], { clock, storage })
    const two = await start([task, other], { clock, storage })
    expect(await one.manager.pause('gate')).toBe(true)
    expect(await two.manager.pause('gate')).toBe(false)
    const held = await one.manager.enqueue(task)
    const free = await two.manager.enqueue(other)
    await clock.advance(10_000)
    expect(await one.status(held.taskId)).toBe('pending')
    expect(await one.status(free.taskId)).toBe('running')
    expect(await two.manager.resume('gate')).toBe(true)
    expect(await two.manager.resume('gate')).toBe(false)
    await clock.advance(0)
    expect(await one.status(held.taskId)).toBe('running')
  })
})

describe('tasks that took a process down', () => {
  it('run one at a time, beside others', async () => {
    const { task, open } = gate('gate', { requeueOnInterrupt: true })
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const lost = new TaskManager({ tasks: [task], storage, clock: fakeClock() })
    await lost.start()
    const suspects = [await lost.enqueue(task), await lost.enqueue(task)]
    await fakeTurn()
    const { manager, status } = await start([task], { clock, storage })
    await clock.advance(30_000)
    const innocent = await manager.enqueue(task)
    await clock.advance(0)
    const running = async () => {
      const all = await Promise.all(suspects.map(({ taskId }) => status(taskId)))
      return all.filter((one) => one === 'running').length
    }
    expect(await running()).toBe(1)
    expect(await status(innocent.taskId)).toBe('running')
    const [first] = suspects
    open.get(first?.taskId ?? '')?.end()
    await clock.advance(0)
    expect(await status(first?.taskId ?? '')).toBe('success')
    expect(await status(suspects[1]?.taskId ?? '')).toBe('running')
    await lost.stop({ graceMs: 0, abortMs: 0 })
  })
})

describe('tasks that took a process down, beside executors with slots of their own', () => {
  it.each([
    [2, 1],
    [1, 1],
    [4, 4],
    [8, 2],
  ])('all get their turn: %i and %i slots', async (...slots) => {
    const { task, open } = gate('gate', { requeueOnInterrupt: true })
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const lost = new TaskManager({ tasks: [task], storage, clock: fakeClock() })
    await lost.start()
    const suspects = [await lost.enqueue(task), await lost.enqueue(task), await lost.enqueue(task)]
    await fakeTurn()
    const executors = slots.map((concurrency, i) => ({
      ...asyncExecutor,
      name: `own${i}`,
      concurrency,
    }))
    const idle = executors.map(({ name }) => defineTask({ name, executor: name, run() {} }))
    // One answer after the other, as a storage in a thread gives them.
    let last: Promise<unknown> = Promise.resolve()
    const slow = withParts(storage, {
      turn(input) {
        const answer = last.then(() => new Promise(setImmediate)).then(() => storage.turn(input))
        last = answer
        return answer.then((result) => ({ ...result, nextRunAt: null }))
      },
    })
    const { status } = await start([...idle, task], { clock, storage: slow, executors })
    await clock.advance(30_000)
    for (const { taskId } of suspects) {
      expect(await status(taskId)).toBe('running')
      open.get(taskId)?.end()
      for (let n = 0; n < 10; n++) await fakeTurn()
    }
    await lost.stop({ graceMs: 0, abortMs: 0 })
  })
})

describe('limits', () => {
  it.each([
    [{ concurrency: 0 }, /concurrency: expected a whole number of 1 or more, got 0/],
    [{ concurrency: 1.5 }, /concurrency/],
    [{ rateLimit: { count: 0, perMs: 1 } }, /rateLimit: expected \{ count, perMs \}/],
    [{ rateLimit: { count: 1, perMs: 0 } }, /rateLimit/],
  ])('refuses %o', (options, message) => {
    expect(() => gate('gate', options)).toThrow(message)
  })

  it('need a storage that knows them', () => {
    const storage = withParts(memoryStorage(), { functions: undefined as never })
    const { task } = gate('narrow', { concurrency: 1 })
    expect(() => new TaskManager({ tasks: [task], storage })).toThrow(
      /narrow: concurrency, rateLimit: the storage .* knows no limits/,
    )
  })
})

/** Lets what is under way go on. */
async function fakeTurn(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve))
}
