import { describe, expect, it } from 'vitest'
import type { TurnInput, TurnResult } from '../storage/contract.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { asyncExecutor, type TaskExecutor } from './executor.ts'
import { TaskManager } from './task-manager.ts'
import { gate, start, withParts } from './test-manager.ts'

const states = async (manager: TaskManager) =>
  (await manager.list({ order: 'asc' })).tasks.map(({ status }) => status)

/** A storage whose turns are answered when the test says so. */
function slowTurns() {
  const clock = fakeClock()
  const memory = memoryStorage({ now: clock.now })
  const turns: { input: TurnInput; answer: () => void }[] = []
  let most = 0
  const storage = withParts(memory, {
    async turn(input): Promise<TurnResult> {
      const result = await memory.turn(input)
      await new Promise<void>((answer) => {
        turns.push({ input, answer })
        most = Math.max(most, turns.length)
      })
      return result
    },
  })
  const answerAll = async () => {
    while (turns.length > 0) {
      turns.shift()?.answer()
      await clock.advance(0)
    }
  }
  return { clock, memory, storage, turns, answerAll, most: () => most }
}

describe('executors with slots of their own', () => {
  const elsewhere = (concurrency: number): TaskExecutor => ({
    ...asyncExecutor,
    name: 'elsewhere',
    concurrency,
  })

  it('run beside the slots of the manager, and hold up nobody when they are full', async () => {
    const { task: far, open } = gate('far', { executor: 'elsewhere' })
    const { task: near } = gate('near')
    const options = { executors: [elsewhere(2)], concurrency: 1 }
    const { manager, clock } = await start([far, near], options)
    const refs = []
    for (let n = 0; n < 3; n++) refs.push(await manager.enqueue(far))
    for (let n = 0; n < 2; n++) await manager.enqueue(near)
    await clock.advance(0)
    expect(await states(manager)).toEqual(['running', 'running', 'pending', 'running', 'pending'])
    open.get(refs[0]?.taskId ?? '')?.end()
    await clock.advance(0)
    expect(await states(manager)).toEqual(['success', 'running', 'running', 'running', 'pending'])
  })

  it('run nothing in an instance that only enqueues and serves', async () => {
    const { task } = gate('far', { executor: 'elsewhere' })
    const { manager, clock } = await start([task], { executors: [elsewhere(2)], concurrency: 0 })
    await manager.enqueue(task)
    await clock.advance(10_000)
    expect(await states(manager)).toEqual(['pending'])
  })
})

describe('turns', () => {
  it('are two at a time while there is a lot to do', async () => {
    const { clock, storage, answerAll, most } = slowTurns()
    let ran = 0
    const task = defineTask({ name: 'quick', run: () => void ran++ })
    const manager = new TaskManager({ tasks: [task], clock, storage, concurrency: 20 })
    await manager.enqueueMany(task, Array(500).fill({ payload: undefined }))
    await manager.start()
    await clock.advance(0)
    await answerAll()
    expect(ran).toBe(500)
    expect(most()).toBe(2)
    expect(new Set(await states(manager))).toEqual(new Set(['success']))
    const stopped = manager.stop()
    await answerAll()
    await stopped
  })

  it('are one at a time where a second one could start a task before its elders', async () => {
    const { clock, storage, answerAll, most } = slowTurns()
    const order: number[] = []
    const task = defineTask({ name: 'quick', run: (n: number) => void order.push(n) })
    const manager = new TaskManager({ tasks: [task], clock, storage, concurrency: 1 })
    const items = Array.from({ length: 50 }, (_, payload) => ({ payload }))
    await manager.enqueueMany(task, items)
    await manager.start()
    await clock.advance(0)
    await answerAll()
    expect(order).toEqual(items.map(({ payload }) => payload))
    expect(most()).toBe(1)
    const stopped = manager.stop()
    await answerAll()
    await stopped
  })

  it('settle what one of them could not, once', async () => {
    const clock = fakeClock()
    const memory = memoryStorage({ now: clock.now })
    let turns = 0
    const storage = withParts(memory, {
      async turn(input) {
        if (++turns % 3 === 0) throw new Error('the storage is away')
        return memory.turn(input)
      },
    })
    let ran = 0
    const task = defineTask({ name: 'quick', run: () => void ran++ })
    const { manager } = await start([task], { clock, storage, concurrency: 20 })
    await manager.enqueueMany(task, Array(200).fill({ payload: undefined }))
    await clock.advance(60_000)
    expect(ran).toBe(200)
    expect((await manager.metrics()).success).toBe(200)
    expect((await manager.metrics()).lateSettlements).toBe(0)
  })

  it('make no attempt for every handler that ends while the storage is away', async () => {
    const clock = fakeClock()
    const memory = memoryStorage({ now: clock.now })
    let away = false
    let tries = 0
    const storage = withParts(memory, {
      async turn(input) {
        if (!away) return memory.turn(input)
        tries++
        throw new Error('the storage is away')
      },
    })
    const { task, open } = gate()
    const { manager } = await start([task], { clock, storage, concurrency: 50 })
    await manager.enqueueMany(task, Array(50).fill({ payload: undefined }))
    await clock.advance(0)
    away = true
    for (const { end } of open.values()) {
      end()
      await clock.advance(0)
    }
    expect(tries).toBe(1)
    away = false
    await clock.advance(10_000)
    expect((await manager.metrics()).success).toBe(50)
  })
})

describe('a handler that heeds nothing', () => {
  it('keeps its slot, and is told as unresponsive once it had its time', async () => {
    const { task, open } = gate('stubborn')
    const options = { concurrency: 1, cancelGraceMs: 5_000 }
    const { manager, clock, status } = await start([task], options)
    const stubborn = await manager.enqueue(task)
    const next = await manager.enqueue(task)
    await clock.advance(0)
    await manager.cancel(stubborn.taskId)
    const unresponsive = async () => (await manager.instances())[0]?.unresponsive
    await clock.advance(3_000)
    expect(await unresponsive()).toBe(0)
    await clock.advance(6_000)
    expect(await unresponsive()).toBe(1)
    await manager.cancel(stubborn.taskId, { force: true })
    expect(await status(stubborn.taskId)).toBe('cancelled')
    await clock.advance(3_000)
    expect(await unresponsive()).toBe(1)
    expect(await status(next.taskId)).toBe('pending')
    open.get(stubborn.taskId)?.end()
    await clock.advance(3_000)
    expect(await status(stubborn.taskId)).toBe('cancelled')
    expect(await unresponsive()).toBe(0)
    expect(await status(next.taskId)).toBe('running')
  })

  it('is told so after a time-out too', async () => {
    const { task, open } = gate('stubborn', { timeoutMs: 1_000 })
    const { manager, clock, status } = await start([task], { cancelGraceMs: 2_000 })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(6_000)
    expect(await status(taskId)).toBe('failed')
    expect((await manager.instances())[0]?.unresponsive).toBe(1)
    open.get(taskId)?.end()
    await clock.advance(3_000)
    expect((await manager.instances())[0]?.unresponsive).toBe(0)
  })
})

describe('what was claimed ahead of free slots', () => {
  it('is given back when handlers turn out slow, for instances that have slots free', async () => {
    const quick = defineTask({ name: 'quick', run() {} })
    const { task: slow, open } = gate('slow')
    const { manager, clock } = await start([quick, slow], { concurrency: 2 })
    // Their handlers are fast: from now on a batch is claimed ahead.
    await manager.enqueueMany(quick, Array(100).fill({ payload: undefined }))
    await clock.advance(1_000)
    await manager.enqueueMany(slow, Array(2).fill({ payload: undefined }))
    const [behind] = await manager.enqueueMany(quick, [{ payload: undefined }])
    await clock.advance(0)
    const seen = async () => (await manager.get(behind?.taskId ?? ''))?.status
    expect(await seen()).toBe('running')
    await clock.advance(2_000)
    expect(open.size).toBe(2)
    expect(await seen()).toBe('pending')
    for (const { end } of open.values()) end()
    await clock.advance(2_000)
    expect(await manager.get(behind?.taskId ?? '')).toMatchObject({
      status: 'success',
      attemptsMade: 1,
    })
  })
})

describe('a storage that keeps the order of calls', () => {
  it('is asked for work along with an insert, not after its answer', async () => {
    const run: string[] = []
    const task = defineTask({ name: 'task', run: () => void run.push('ran') })
    const clock = fakeClock()
    const memory = memoryStorage({ now: clock.now })
    let answer = () => {}
    const storage = withParts(memory, {
      inOrder: true,
      async insert(input) {
        const results = await memory.insert(input)
        await new Promise<void>((resolve) => {
          answer = resolve
        })
        return results
      },
    })
    const { manager } = await start([task], { clock, storage })
    const enqueued = manager.enqueue(task)
    await clock.advance(0)
    expect(run).toEqual(['ran'])
    answer()
    expect((await enqueued).duplicate).toBe(false)
  })

  it('tells that a task was accepted before it tells that it began', async () => {
    const task = defineTask({ name: 'task', run: () => {} })
    const { manager, clock } = await start([task])
    const steps: string[] = []
    manager.subscribe(({ step }) => steps.push(step))
    await manager.enqueue(task)
    await clock.advance(0)
    expect(steps).toEqual(['accepted', 'started', 'success'])
  })
})
