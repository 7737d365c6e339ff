import { describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import { gate, objectWithDate, start } from './test-manager.ts'

/** A schema of no payload at all. */
const onlyUndefined = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) =>
      value === undefined ? { value } : { issues: [{ message: 'expected undefined' }] },
    types: undefined as unknown as { input: undefined; output: undefined },
  },
} as const

describe('enqueue', () => {
  it('stores a task that runs and keeps its result, log and attempt', async () => {
    const double = defineTask({
      name: 'double',
      group: 'maths',
      run({ n }: { n: number }, { log }) {
        log(`doubling ${n}`)
        return n * 2
      },
    })
    const { manager, clock } = await start([double])
    const { taskId, duplicate } = await manager.enqueue(double, { n: 21 }, { tags: { a: 'b' } })
    await clock.advance(0)
    expect(duplicate).toBe(false)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'success',
      group: 'maths',
      payload: { n: 21 },
      result: 42,
      tags: { a: 'b' },
      source: 'manual',
      attemptsMade: 1,
      retriesUsed: 0,
      logTail: [{ n: 1, text: 'doubling 21', level: 'info', stream: 'log', attempt: 0 }],
      attempts: [{ attempt: 0, outcome: 'success' }],
    })
  })

  it('needs no start: it stores, and a started manager runs it', async () => {
    const { task } = gate()
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const idle = new TaskManager({ tasks: [task], storage, clock })
    const { taskId } = await idle.enqueue(task)
    expect((await idle.get(taskId))?.phase).toBe('queued')
    const { manager, status } = await start([task], { storage, clock })
    await clock.advance(0)
    expect(await status(taskId)).toBe('running')
    expect(manager.instanceId).not.toBe('')
  })

  it('runs what is due later when it is due', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task])
    const { taskId } = await manager.enqueue(task, undefined, { delayMs: 7_200_000 })
    await clock.advance(7_200_000 - 1)
    expect((await manager.get(taskId))?.phase).toBe('scheduled')
    await clock.advance(2)
    expect(await status(taskId)).toBe('running')
  })

  it('returns the task that holds the idempotency key', async () => {
    const { task } = gate()
    const { manager } = await start([task])
    const first = await manager.enqueue(task, undefined, { idempotencyKey: 'k' })
    const second = await manager.enqueue(task, undefined, { idempotencyKey: 'k' })
    expect(second).toEqual({ taskId: first.taskId, duplicate: true })
  })

  it('gathers concurrent calls into one insert', async () => {
    const { task } = gate()
    const storage = memoryStorage()
    const insert = vi.spyOn(storage, 'insert')
    const { manager } = await start([task], { storage })
    await Promise.all(Array.from({ length: 50 }, () => manager.enqueue(task)))
    expect(insert.mock.calls.map(([{ tasks }]) => tasks.length)).toEqual([50])
  })

  it('checks payloads against the schema after a JSON round trip, and stores nothing refused', async () => {
    const mail = defineTask({ name: 'mail', schema: objectWithDate, run() {} })
    const { manager } = await start([mail])
    await expect(manager.enqueue(mail, { at: new Date(0) as never })).rejects.toMatchObject({
      code: 'invalid_payload',
      issues: [{ path: ['at'], message: 'expected a Date' }],
    })
    expect((await manager.list()).total).toBe(0)
  })

  it.each([
    [{ delayMs: -1 }, 'delayMs'],
    [{ delayMs: Number.NaN }, 'delayMs'],
    [{ delayMs: 8.64e15 }, 'delayMs'],
    [{ delayMs: 1, runAt: 1 }, 'runAt, delayMs'],
    [{ runAt: new Date(Number.NaN) }, 'runAt'],
    [{ priority: 1.5 }, 'priority'],
    [{ idempotencyKey: '' }, 'idempotencyKey'],
    [{ tags: { a: 1 as never } }, 'tags'],
  ])('refuses %j by name', async (options, name) => {
    const { task } = gate()
    const { manager } = await start([task])
    await expect(manager.enqueue(task, undefined, options)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(name) }),
    )
  })

  it('refuses a task it does not have, and a payload that is too large', async () => {
    const { task } = gate()
    const { task: other } = gate('other')
    const { manager } = await start([task], { maxPayloadBytes: 10 })
    await expect(manager.enqueue(other)).rejects.toMatchObject({ code: 'unknown_function' })
    await expect(manager.enqueue(task, 'x'.repeat(20) as never)).rejects.toMatchObject({
      code: 'too_large',
    })
  })

  it('says whether it may have been stored when the storage fails', async () => {
    const { task } = gate()
    const storage = memoryStorage()
    const { manager } = await start([task], { storage })
    vi.spyOn(storage, 'insert').mockRejectedValueOnce(new Error('socket closed'))
    await expect(manager.enqueue(task)).rejects.toMatchObject({
      code: 'unavailable',
      committed: 'unknown',
    })
  })

  it('says that nothing was stored when the storage could not be opened', async () => {
    const { task } = gate()
    const storage = memoryStorage()
    vi.spyOn(storage, 'open').mockRejectedValue(new Error('no route to host'))
    const manager = new TaskManager({ tasks: [task], storage })
    await expect(manager.enqueue(task)).rejects.toMatchObject({
      code: 'unavailable',
      committed: 'no',
    })
  })

  it('without a payload runs a task whose schema takes none but refuses null', async () => {
    const seen: unknown[] = []
    const nothing = defineTask({
      name: 'nothing',
      schema: onlyUndefined,
      run: (payload) => void seen.push(payload),
    })
    const { manager, clock, status } = await start([nothing])
    const { taskId } = await manager.enqueue(nothing)
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
    expect(seen).toEqual([undefined])
  })
})

describe('a stored payload that is no JSON', () => {
  it('fails its task, which can still be read', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const insert = vi.spyOn(manager.storage, 'insert')
    const { taskId } = await manager.enqueue(task, undefined, { delayMs: 1000 })
    const [stored] = insert.mock.calls[0]?.[0].tasks ?? []
    if (stored) {
      const broken = { ...stored, taskId: crypto.randomUUID(), payload: '{"cut', delayMs: 0 }
      await manager.storage.insert({ tasks: [broken] })
      await clock.advance(1000)
      const record = await manager.get(broken.taskId)
      expect(record).toMatchObject({ status: 'failed', payload: undefined })
      await expect(manager.retry(broken.taskId)).rejects.toMatchObject({ code: 'invalid_payload' })
    }
    expect((await manager.get(taskId))?.status).toBe('running')
  })
})
