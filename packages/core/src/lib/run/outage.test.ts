import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { StorageUnavailableError, TaskflowError } from '../errors.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { startInBackground } from './start-in-background.ts'
import { TaskManager } from './task-manager.ts'
import { delayTurn, gate, managers, start } from './test-manager.ts'

describe('an outage of the storage', () => {
  it('loses no finished work: it is settled when the storage is back, reported once', async () => {
    const { task, open } = gate()
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const { manager, errors, status } = await start([task], { storage, clock })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    const turn = vi.spyOn(storage, 'turn').mockRejectedValue(new Error('down'))
    open.get(taskId)?.end()
    await clock.advance(60_000)
    expect(turn.mock.calls.length).toBeGreaterThan(3)
    expect(errors).toHaveLength(1)
    turn.mockRestore()
    await clock.advance(5_000)
    expect(await status(taskId)).toBe('success')
  })
})

describe('a storage of somebody else', () => {
  it('that answers a turn with nothing is told of, and asked again', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const turn = vi.spyOn(storage, 'turn').mockResolvedValue(undefined as never)
    const task = defineTask({ name: 'task', run: () => 'done' })
    const { manager, errors, status } = await start([task], { storage, clock })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(1_000)
    expect(errors.map(String)).toEqual([expect.stringMatching(/the storage answered a turn with/)])
    turn.mockRestore()
    await clock.advance(60_000)
    expect(await status(taskId)).toBe('success')
  })
})

describe('an app that does not say where trouble is to be told', () => {
  const told = () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => error.mockRestore())
    return () => error.mock.calls.map((words) => words.join(' '))
  }

  it('reads a sentence of an outage on the console, begun by our name once', async () => {
    const lines = told()
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const manager = new TaskManager({ tasks: [], storage, clock })
    managers.push(manager)
    vi.spyOn(storage, 'open').mockRejectedValue(new StorageUnavailableError('It is away.'))
    startInBackground(manager, undefined, clock)
    await clock.advance(1_000)
    expect(lines()).toEqual([
      'taskflow: starting waits for the storage: StorageUnavailableError: It is away.',
    ])
  })

  it('reads where it was thrown, of an error that nobody foresaw', () => {
    const lines = told()
    new TaskManager({ tasks: [] }).reportError(new TypeError('no such method'))
    expect(lines()).toEqual([
      expect.stringMatching(/^taskflow: TypeError: no such method\n +at .*outage\.test/),
    ])
  })
})

describe('answers that get lost', () => {
  it('of a claim: the tasks that nobody runs are given back and run', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const turn = manager.storage.turn.bind(manager.storage)
    vi.spyOn(manager.storage, 'turn').mockImplementationOnce(async (input) => {
      await turn(input)
      throw new Error('socket closed')
    })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(10_000)
    expect(open.has(taskId)).toBe(true)
    expect(await manager.get(taskId)).toMatchObject({ status: 'running', attemptsMade: 1 })
  })

  it('of the beat that joins again: the instance claims all the same', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task])
    const { storage } = manager
    await storage.recover({
      dead: [{ instanceId: manager.instanceId, beat: 0 }],
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    const beat = storage.beat.bind(storage)
    let lost = false
    vi.spyOn(storage, 'beat').mockImplementation(async (input) => {
      const result = await beat(input)
      if (lost || input.beat !== 0) return result
      lost = true
      throw new Error('socket closed')
    })
    await clock.advance(10_000)
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    expect(lost).toBe(true)
    expect(await status(taskId)).toBe('running')
  })

  it('until the lease is lost: what was claimed under it is not started', async () => {
    let runs = 0
    const { manager, clock } = await start([
      defineTask({ name: 'again', requeueOnInterrupt: true, run: () => void runs++ }),
    ])
    const { storage } = manager
    const answer = delayTurn(storage)
    await manager.enqueueByName('again', null)
    await clock.advance(0)
    await storage.recover({
      dead: [{ instanceId: manager.instanceId, beat: 0 }],
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    await clock.advance(3_000)
    answer()
    await clock.advance(0)
    expect(runs).toBe(1)
  })
})

describe('an onError that throws', () => {
  it('stops no work', async () => {
    const { task, open } = gate()
    const { manager, clock, status } = await start([task], {
      onError() {
        throw new Error('broken too')
      },
    })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    vi.spyOn(manager.storage, 'turn').mockRejectedValueOnce(new Error('down'))
    open.get(taskId)?.end()
    await clock.advance(5_000)
    expect(await status(taskId)).toBe('success')
  })
})

describe('starting in the background', () => {
  it('tries again until the storage can be reached, and reports that once', async () => {
    const { task } = gate()
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const open = vi.spyOn(storage, 'open').mockRejectedValue(new Error('no route to host'))
    const errors: unknown[] = []
    const manager = new TaskManager({ tasks: [task], storage, clock })
    managers.push(manager)
    startInBackground(manager, (error) => errors.push(error), clock)
    await clock.advance(60_000)
    expect(manager.instanceId).toBe('')
    expect(errors).toHaveLength(1)
    open.mockRestore()
    await clock.advance(5_000)
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    expect((await manager.get(taskId))?.status).toBe('running')
  })

  it('tries again when the first beat fails', async () => {
    const { task } = gate()
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    vi.spyOn(storage, 'beat').mockRejectedValueOnce(new Error('socket closed'))
    const manager = new TaskManager({ tasks: [task], storage, clock })
    managers.push(manager)
    startInBackground(manager, () => {}, clock)
    await clock.advance(5_000)
    expect(await storage.instances?.list()).toHaveLength(1)
  })

  it('gives up on what trying again cannot mend', async () => {
    const { task } = gate()
    const clock = fakeClock()
    const storage = memoryStorage()
    const refusal = new TaskflowError('configuration', 'the schema is newer')
    const open = vi.spyOn(storage, 'open').mockRejectedValue(refusal)
    const errors: unknown[] = []
    startInBackground(new TaskManager({ tasks: [task], storage }), (e) => errors.push(e), clock)
    await clock.advance(60_000)
    expect(errors).toEqual([refusal])
    expect(open).toHaveBeenCalledOnce()
  })
})
