import { describe, expect, it, vi } from 'vitest'
import { TaskflowError } from '../errors.ts'
import type { LifecycleEvent, LogEvent } from '../observers/observer.ts'
import type { LogStorage, TaskStorage } from '../storage/contract.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { getTaskContext, type TaskContext, taskLog } from './context.ts'
import { defineTask } from './define-task.ts'
import { AbandonTask, SnoozeTask } from './signals.ts'
import { startInBackground } from './start-in-background.ts'
import { TaskManager } from './task-manager.ts'
import { gate, managers, start } from './test-manager.ts'

/** A task that ends as its signal says. */
const obedient = defineTask({
  name: 'obedient',
  run: (_: void, { signal }) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    }),
})

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

describe('retries', () => {
  it('come after the delay, with one attempt kept for each start', async () => {
    const seen: number[] = []
    const flaky = defineTask({
      name: 'flaky',
      retries: 2,
      delayMs: 1000,
      backoff: 3,
      run(_: void, { attempt, log }) {
        seen.push(attempt)
        log(`try ${attempt}`)
        if (attempt < 2) throw new TypeError(`no ${attempt}`)
      },
    })
    const { manager, clock } = await start([flaky])
    const { taskId } = await manager.enqueue(flaky)
    await clock.advance(0)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'pending',
      phase: 'retrying',
      error: 'TypeError: no 0',
      runAt: clock.now() + 1000,
    })
    await clock.advance(1000)
    expect(seen).toEqual([0, 1])
    await clock.advance(2999)
    expect(seen).toEqual([0, 1])
    await clock.advance(1)
    const record = await manager.get(taskId)
    expect(record).toMatchObject({ status: 'success', retriesUsed: 2, error: null })
    expect(
      record?.attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error]),
    ).toEqual([
      [0, 'error', 'TypeError: no 0'],
      [1, 'error', 'TypeError: no 1'],
      [2, 'success', null],
    ])
    expect(record?.logTail.map(({ attempt, text }) => [attempt, text])).toEqual([
      [0, 'try 0'],
      [1, 'try 1'],
      [2, 'try 2'],
    ])
  })

  it('end with failed, error and stack kept', async () => {
    const bad = defineTask({
      name: 'bad',
      retries: 1,
      run() {
        throw new Error('always')
      },
    })
    const { manager, clock } = await start([bad])
    const { taskId } = await manager.enqueue(bad)
    await clock.advance(0)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'failed',
      error: 'always',
      attemptsMade: 2,
      stacktrace: expect.stringContaining('task-manager.test.ts'),
    })
  })

  it('are not used up by SnoozeTask, and not used at all after AbandonTask', async () => {
    let snoozed = false
    const snooze = defineTask({
      name: 'snooze',
      run() {
        if (!snoozed) {
          snoozed = true
          throw new SnoozeTask(500)
        }
      },
    })
    const abandon = defineTask({
      name: 'abandon',
      retries: 5,
      run() {
        throw new AbandonTask('pointless')
      },
    })
    const { manager, clock, status } = await start([snooze, abandon])
    const a = await manager.enqueue(snooze)
    const b = await manager.enqueue(abandon)
    await clock.advance(0)
    expect(await manager.get(a.taskId)).toMatchObject({ phase: 'scheduled', attemptsMade: 0 })
    expect(await manager.get(b.taskId)).toMatchObject({ status: 'failed', attemptsMade: 1 })
    await clock.advance(500)
    expect(await status(a.taskId)).toBe('success')
  })

  it.each([
    ['null', null],
    ['a string', 'oops'],
    [
      'a hostile object',
      {
        get message() {
          throw 1
        },
      },
    ],
    ['a revoked proxy', revoked()],
  ])('record a handler that throws %s', async (_, thrown) => {
    const hostile = defineTask({
      name: 'hostile',
      run() {
        throw thrown
      },
    })
    const { manager, clock } = await start([hostile])
    const { taskId } = await manager.enqueue(hostile)
    await clock.advance(0)
    const record = await manager.get(taskId)
    expect(record?.status).toBe('failed')
    expect(record?.error).toMatch(/^Thrown: /)
  })

  it('come at once when the function that computes the delay throws', async () => {
    const flaky = defineTask({
      name: 'flaky',
      retries: 1,
      backoff: () => {
        throw new Error('no idea')
      },
      run(_: void, { attempt }) {
        if (attempt === 0) throw new Error('down')
      },
    })
    const { manager, clock, status } = await start([flaky])
    const { taskId } = await manager.enqueue(flaky)
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
  })

  it('never lie beyond the instants that a Date knows', async () => {
    const never = defineTask({
      name: 'never',
      run() {
        throw new SnoozeTask(Number.MAX_VALUE)
      },
    })
    const { manager, clock } = await start([never])
    const { taskId } = await manager.enqueue(never)
    await clock.advance(0)
    const record = await manager.get(taskId)
    expect(record?.phase).toBe('scheduled')
    expect(new Date(record?.runAt ?? Number.NaN).getTime()).not.toBeNaN()
  })

  it('keep the completion when JSON cannot hold the return value', async () => {
    const odd = defineTask({ name: 'odd', run: () => 1n as unknown })
    const { manager, clock } = await start([odd])
    const { taskId } = await manager.enqueue(odd)
    await clock.advance(0)
    const record = await manager.get(taskId)
    expect(record).toMatchObject({ status: 'success', result: null })
    expect(record?.logTail[0]?.text).toMatch(/result was not kept/)
  })
})

describe('time-outs', () => {
  it('abort the signal and fail the attempt', async () => {
    const slow = defineTask({ name: 'slow', timeoutMs: 100, run: obedient.run })
    const { manager, clock } = await start([slow])
    const { taskId } = await manager.enqueue(slow)
    await clock.advance(100)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'failed',
      error: 'TaskAborted: Timed out after 100 ms',
      attempts: [{ outcome: 'timeout' }],
    })
  })

  it('give up on a handler that ignores its signal, and count its slot until it ends', async () => {
    const { task, open } = gate('deaf', { timeoutMs: 100 })
    const { manager, clock, status } = await start([task], { concurrency: 1, cancelGraceMs: 50 })
    const first = await manager.enqueue(task)
    const second = await manager.enqueue(task)
    await clock.advance(151)
    expect(await status(first.taskId)).toBe('failed')
    expect(await status(second.taskId)).toBe('pending')
    open.get(first.taskId)?.end()
    await clock.advance(0)
    expect(await status(second.taskId)).toBe('running')
  })
})

describe('order and slots', () => {
  it('runs no more than concurrency at once, high priority first, then first come', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task], { concurrency: 1 })
    const order: string[] = []
    manager.subscribe(({ step, taskId }) => {
      if (step === 'started') order.push(taskId)
    })
    const refs = []
    for (const priority of [undefined, undefined, 5, -5, 5]) {
      refs.push(await manager.enqueue(task, undefined, priority === undefined ? {} : { priority }))
    }
    for (let done = 0; done < refs.length; done++) {
      await clock.advance(10)
      expect(order).toHaveLength(done + 1)
      open.get(order[done] ?? '')?.end()
    }
    const ids = refs.map(({ taskId }) => taskId)
    expect(order).toEqual([ids[0], ids[2], ids[4], ids[1], ids[3]])
  })

  it('claims nothing with concurrency 0', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task], { concurrency: 0 })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(60_000)
    expect(await status(taskId)).toBe('pending')
  })

  it('settles a burst of many quick tasks', async () => {
    let runs = 0
    const quick = defineTask({ name: 'quick', run: () => void runs++ })
    const { manager, clock } = await start([quick], { concurrency: 3 })
    await manager.enqueueMany(
      quick,
      Array.from({ length: 2_500 }, () => ({ payload: undefined })),
    )
    await clock.advance(0)
    while ((await manager.metrics()).success < 2_500) await clock.advance(0)
    expect(runs).toBe(2_500)
  })
})

describe('cancel', () => {
  it('ends a pending task at once and for good', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task, undefined, { delayMs: 1000 })
    expect(await manager.cancel(taskId)).toMatchObject({ result: 'cancelled' })
    await clock.advance(5000)
    expect(await manager.get(taskId)).toMatchObject({ status: 'cancelled', attemptsMade: 0 })
  })

  it('aborts a running task, which is cancelled and not retried', async () => {
    const eager = defineTask({ name: 'eager', retries: 5, run: obedient.run })
    const { manager, clock } = await start([eager])
    const { taskId } = await manager.enqueue(eager)
    await clock.advance(0)
    expect(await manager.cancel(taskId)).toMatchObject({ result: 'requested', status: 'running' })
    await clock.advance(0)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'cancelled',
      attempts: [{ outcome: 'cancelled' }],
    })
  })

  it('tells the truth about a handler that finishes all the same', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    await manager.cancel(taskId)
    expect(open.get(taskId)?.context.signal.aborted).toBe(true)
    open.get(taskId)?.end()
    await clock.advance(0)
    expect(await manager.get(taskId)).toMatchObject({ status: 'success', result: 'done' })
  })

  it('reaches a task that another instance runs', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const runs = await start([obedient], { storage, clock })
    const other = new TaskManager({ tasks: [obedient], storage, clock })
    const { taskId } = await other.enqueue(obedient)
    await clock.advance(3_000)
    expect(await runs.status(taskId)).toBe('running')
    await other.cancel(taskId)
    await clock.advance(3_000)
    expect(await runs.status(taskId)).toBe('cancelled')
  })

  it('is forced only after the grace period, and then refuses the late result', async () => {
    const { task, open } = gate()
    const { manager, clock, status } = await start([task], { cancelGraceMs: 1000 })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    await manager.cancel(taskId)
    await expect(manager.cancel(taskId, { force: true })).rejects.toMatchObject({
      code: 'conflict',
    })
    await clock.advance(1000)
    await manager.cancel(taskId, { force: true })
    open.get(taskId)?.end()
    await clock.advance(0)
    expect(await status(taskId)).toBe('cancelled')
  })

  it('never starts a task that was claimed ahead of its slot', async () => {
    const { manager, clock, status, open, first, second } = await claimedAhead()
    await manager.cancel(second)
    open.get(first)?.end()
    await clock.advance(0)
    expect(await status(second)).toBe('cancelled')
    expect(open.has(second)).toBe(false)
  })

  it('refuses what has ended, and what never was', async () => {
    const quick = defineTask({ name: 'quick', run() {} })
    const { manager, clock } = await start([quick])
    const { taskId } = await manager.enqueue(quick)
    await clock.advance(0)
    await expect(manager.cancel(taskId)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(manager.cancel(crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('retry by hand', () => {
  it('makes a new task and leaves the old one as it is', async () => {
    let fail = true
    const flaky = defineTask({
      name: 'flaky',
      run({ n }: { n: number }) {
        if (fail) throw new Error('down')
        return n
      },
    })
    const { manager, clock } = await start([flaky])
    const { taskId } = await manager.enqueue(flaky, { n: 3 }, { tags: { a: 'b' }, priority: 7 })
    await clock.advance(0)
    fail = false
    const again = await manager.retry(taskId)
    await clock.advance(0)
    expect(again.taskId).not.toBe(taskId)
    expect(await manager.get(again.taskId)).toMatchObject({
      status: 'success',
      result: 3,
      tags: { a: 'b' },
      priority: 7,
      retryOf: taskId,
    })
    expect(await manager.get(taskId)).toMatchObject({ status: 'failed' })
    expect(await manager.retry(taskId)).toEqual({ taskId: again.taskId, duplicate: true })
    const other = await manager.retry(taskId, { payload: { n: 4 } })
    expect(other.duplicate).toBe(false)
  })

  it('is one task for twenty clicks at once', async () => {
    const bad = defineTask({
      name: 'bad',
      run() {
        throw new Error('no')
      },
    })
    const { manager, clock } = await start([bad])
    const { taskId } = await manager.enqueue(bad)
    await clock.advance(0)
    const refs = await Promise.all(Array.from({ length: 20 }, () => manager.retry(taskId)))
    expect(new Set(refs.map((ref) => ref.taskId)).size).toBe(1)
  })

  it('refuses a task that runs', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    await expect(manager.retry(taskId)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('request-scoped tasks', () => {
  it('are stored at once and start when the response has ended', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task])
    const request = manager.forRequest()
    const { taskId } = await request.enqueue(task)
    await clock.advance(1000)
    expect(await status(taskId)).toBe('pending')
    await request.release()
    await request.release()
    await clock.advance(0)
    expect(await status(taskId)).toBe('running')
  })

  it('start by themselves when the process died in between', async () => {
    const { task } = gate()
    const { manager, clock, status } = await start([task])
    const { taskId } = await manager.forRequest().enqueue(task)
    await clock.advance(30_000)
    expect(await status(taskId)).toBe('running')
  })

  it('start after their parents, which the response holds back', async () => {
    const { task, open } = gate()
    const { manager, clock, status } = await start([task])
    const request = manager.forRequest()
    const parent = await request.enqueue(task)
    const child = await request.enqueue(task, undefined, { dependsOn: [parent.taskId] })
    await request.release()
    await clock.advance(0)
    expect(await status(child.taskId)).toBe('pending')
    open.get(parent.taskId)?.end()
    await clock.advance(0)
    expect(await status(child.taskId)).toBe('running')
  })

  it('start with the commit of the transaction that they are stored in', async () => {
    const { task } = gate()
    const { manager } = await start([task])
    const elsewhere = memoryStorage()
    const { taskId } = await manager.forRequest().enqueue(task, undefined, { via: elsewhere })
    const [stored] = await elsewhere.get({ taskIds: [taskId] })
    expect(stored?.phase).toBe('queued')
  })

  it('start at once when they are eager, or enqueued after the response', async () => {
    const { task } = gate()
    const { task: eagerTask } = gate('eager', { eager: true })
    const { manager, clock, status } = await start([task, eagerTask])
    const request = manager.forRequest()
    const eager = await request.enqueue(task, undefined, { eager: true })
    const byNature = await request.enqueue(eagerTask)
    await request.release()
    const late = await request.enqueue(task)
    await clock.advance(0)
    for (const { taskId } of [eager, byNature, late]) expect(await status(taskId)).toBe('running')
  })
})

describe('context', () => {
  it('is found from any depth, and a task can enqueue another', async () => {
    const { task: child } = gate('child')
    let seen: TaskContext | undefined
    const deep = async () => {
      await Promise.resolve()
      taskLog('from below', 'warn')
      seen = getTaskContext()
    }
    const parent = defineTask({
      name: 'parent',
      async run(_: void, { tasks }) {
        await deep()
        return (await tasks.enqueue(child)).taskId
      },
    })
    const { manager, clock, status } = await start([parent, child])
    const { taskId } = await manager.enqueue(parent)
    await clock.advance(0)
    expect(seen).toMatchObject({ taskId, funcName: 'parent', attempt: 0 })
    const record = await manager.get(taskId)
    expect(record?.logTail).toMatchObject([{ text: 'from below', level: 'warn' }])
    expect(await status(String(record?.result))).toBe('running')
  })

  it('is refused outside of a task', () => {
    expect(() => getTaskContext()).toThrow(/inside a task/)
  })

  it('streams logs and progress while the task runs', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    open.get(taskId)?.context.log('half way')
    open.get(taskId)?.context.progress(0.5, 'half')
    await clock.advance(250)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'running',
      progress: { fraction: 0.5, message: 'half' },
      logTail: [{ text: 'half way' }],
    })
  })

  it('caps a log that never ends, and says so', async () => {
    const chatty = defineTask({
      name: 'chatty',
      run(_: void, { log }) {
        for (let i = 0; i < 100; i++) log(`line ${i}`)
      },
    })
    const { manager, clock } = await start([chatty], { maxLogLines: 10 })
    const { taskId } = await manager.enqueue(chatty)
    await clock.advance(0)
    const { entries } = await manager.logs({ taskId })
    expect(entries).toHaveLength(11)
    expect(entries.at(-1)?.text).toBe('… 90 more lines were not kept: the log is full')
  })
})

describe('a task called directly', () => {
  it('checks its payload and logs to the console', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {})
    const mail = defineTask({
      name: 'mail',
      schema: objectWithDate,
      run({ at }, { log }) {
        log('sent')
        return at
      },
    })
    await expect(mail.run({ at: 1 as never })).rejects.toMatchObject({ code: 'invalid_payload' })
    const at = new Date(0)
    await expect(mail.run({ at })).resolves.toBe(at)
    expect(info).toHaveBeenCalledWith('sent')
    info.mockRestore()
  })
})

describe('observers', () => {
  it('hear every step and every line; one that throws disturbs nobody', async () => {
    const steps: LifecycleEvent[] = []
    const lines: LogEvent[] = []
    const hello = defineTask({ name: 'hello', run: (_: void, { log }) => log('hi') })
    const { manager, clock, errors, status } = await start([hello], {
      observers: [
        {
          onLog() {
            throw new Error('broken observer')
          },
          onLifecycle: () => Promise.reject(new Error('broken too')),
        },
        {
          onLog: (event) => void lines.push(event),
          onLifecycle: (event) => void steps.push(event),
        },
      ],
    })
    const { taskId } = await manager.enqueue(hello, undefined, { tags: { a: 'b' } })
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
    expect(steps.map(({ step }) => step)).toEqual(['accepted', 'started', 'success'])
    expect(lines).toMatchObject([{ taskId, message: 'hi', tags: { a: 'b' }, attempt: 0 }])
    expect(errors).toHaveLength(4)
  })
})

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

describe('leases', () => {
  it('a lost one aborts the handlers and joins again under a new id', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const { manager } = await start([obedient], { storage, clock })
    await manager.enqueue(obedient)
    await clock.advance(0)
    const before = manager.instanceId
    const [own] = (await storage.instances?.list()) ?? []
    expect(own?.running).toBe(0)
    await storage.recover({
      dead: [{ instanceId: before, beat: 0 }],
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    await clock.advance(3_000)
    expect(manager.instanceId).not.toBe(before)
    const { taskId } = await manager.enqueue(obedient)
    await clock.advance(0)
    expect((await manager.get(taskId))?.instance).toBe(manager.instanceId)
  })

  it('a lost one is not asked for work again and again until the beat tells', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const { manager, status } = await start([obedient], { storage, clock })
    const dead = [{ instanceId: manager.instanceId, beat: 0 }]
    await storage.recover({ dead, maxCrashes: 3, crashDelayMs: 0 })
    const turn = vi.spyOn(storage, 'turn')
    const { taskId } = await manager.enqueue(obedient)
    await clock.advance(2_000)
    expect(turn.mock.calls.length).toBeLessThan(50)
    await clock.advance(1_000)
    expect(await status(taskId)).toBe('running')
  })

  it('another instance takes over what a dead one ran', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const again = defineTask({ name: 'again', requeueOnInterrupt: true, run: obedient.run })
    const dead = new TaskManager({ tasks: [again, obedient], storage, clock: stopped(clock) })
    await dead.start()
    const a = await dead.enqueue(again)
    const b = await dead.enqueue(obedient)
    await clock.advance(0)
    const { status, manager } = await start([again, obedient], { storage, clock })
    expect(await status(a.taskId)).toBe('running')
    await clock.advance(30_000)
    expect(await manager.get(a.taskId)).toMatchObject({
      status: 'running',
      crashes: 1,
      attemptsMade: 1,
      instance: manager.instanceId,
    })
    expect(await status(b.taskId)).toBe('interrupted')
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

describe('live logs', () => {
  it('go on after a lost lease beside handlers that do not heed it', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    await manager.enqueueMany(task, [{ payload: undefined }, { payload: undefined }])
    await clock.advance(0)
    await manager.storage.recover({
      dead: [{ instanceId: manager.instanceId, beat: 0 }],
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    const beat = manager.storage.beat.bind(manager.storage)
    let refused = false
    vi.spyOn(manager.storage, 'beat').mockImplementation((input) => {
      if (refused || input.beat !== 0) return beat(input)
      refused = true
      return Promise.reject(new Error('busy'))
    })
    await clock.advance(10_000)
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    open.get(taskId)?.context.log('half way')
    await clock.advance(500)
    expect((await manager.get(taskId))?.logTail).toMatchObject([{ text: 'half way' }])
  })

  it('of many tasks travel together', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task], { concurrency: 5 })
    const append = vi.spyOn(manager.storage.logs as LogStorage, 'append')
    await manager.enqueueMany(task, Array(5).fill({ payload: undefined }))
    await clock.advance(0)
    for (const { context } of open.values()) context.log(`from ${context.taskId}`)
    await clock.advance(250)
    expect(append).toHaveBeenCalledTimes(1)
    for (const taskId of open.keys()) {
      expect((await manager.get(taskId))?.logTail).toMatchObject([{ text: `from ${taskId}` }])
    }
  })

  it('keep the progress that could not be saved', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    const { logs } = manager.storage
    if (logs) vi.spyOn(logs, 'append').mockRejectedValueOnce(new Error('busy'))
    open.get(taskId)?.context.progress(0.5)
    await clock.advance(1_000)
    expect((await manager.get(taskId))?.progress?.fraction).toBe(0.5)
  })
})

describe('stop', () => {
  it('hands back what a claim under way brings', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const answer = delayTurn(manager.storage)
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    const stopping = manager.stop()
    await clock.advance(0)
    answer()
    await stopping
    const [stored] = await manager.storage.get({ taskIds: [taskId] })
    expect(stored).toMatchObject({ status: 'pending', attemptsMade: 0 })
  })

  it('does not count what never began as completed', async () => {
    const { manager, first, second } = await claimedAhead()
    expect(await manager.stop({ graceMs: 0, abortMs: 0 })).toEqual({
      completed: 0,
      released: 0,
      interrupted: 1,
      abandoned: 1,
    })
    const [a, b] = await manager.storage.get({ taskIds: [first, second] })
    expect([a?.status, b?.status]).toEqual(['interrupted', 'pending'])
  })

  it('settles what ended although the storage failed once', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    const stopping = manager.stop()
    await clock.advance(0)
    vi.spyOn(manager.storage, 'turn').mockRejectedValueOnce(new Error('busy'))
    open.get(taskId)?.end()
    await clock.advance(0)
    await stopping
    const [stored] = await manager.storage.get({ taskIds: [taskId] })
    expect(stored?.status).toBe('success')
  })

  it('lets handlers that are waited for enqueue what follows', async () => {
    const { task: child } = gate('child')
    let end = () => {}
    const parent = defineTask({
      name: 'parent',
      async run(_: void, { tasks }) {
        await new Promise<void>((resolve) => {
          end = resolve
        })
        return (await tasks.enqueue(child)).taskId
      },
    })
    const { manager, clock } = await start([parent, child])
    const { taskId } = await manager.enqueue(parent)
    await clock.advance(0)
    const stopping = manager.stop()
    await clock.advance(0)
    end()
    await stopping
    const [stored] = await manager.storage.get({ taskIds: [taskId] })
    expect(stored?.status).toBe('success')
    const [follower] = await manager.storage.get({ taskIds: [JSON.parse(stored?.result ?? '""')] })
    expect(follower?.status).toBe('pending')
  })

  it('does not wait for a lease that was lost and cannot be had again', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const { storage } = manager
    await manager.enqueue(task)
    await clock.advance(0)
    await storage.recover({
      dead: [{ instanceId: manager.instanceId, beat: 0 }],
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    const beat = storage.beat.bind(storage)
    vi.spyOn(storage, 'beat').mockImplementation((input) =>
      input.beat === 0 ? Promise.reject(new Error('down')) : beat(input),
    )
    await clock.advance(3_000)
    expect(await manager.stop({ graceMs: 0, abortMs: 0 })).toMatchObject({ abandoned: 1 })
  })

  it('closes the storage although an executor fails to close', async () => {
    const broken = {
      name: 'broken',
      execute: async () => {},
      close: () => Promise.reject(new Error('stuck')),
    }
    const { manager, errors } = await start([], { executors: [broken] })
    const close = vi.spyOn(manager.storage, 'close')
    await manager.stop()
    expect(close).toHaveBeenCalledOnce()
    expect(errors).toHaveLength(1)
  })

  it('leaves no lease behind when it comes in the middle of a start', async () => {
    const { task } = gate()
    const storage = memoryStorage()
    let opened = () => {}
    vi.spyOn(storage, 'open').mockImplementation(
      () =>
        new Promise((resolve) => {
          opened = resolve
        }),
    )
    const manager = new TaskManager({ tasks: [task], storage })
    const starting = manager.start().catch((error) => error)
    const stopping = manager.stop()
    opened()
    await stopping
    expect(await starting).toMatchObject({ code: 'configuration' })
    expect(await storage.instances?.list()).toEqual([])
  })

  it('leaves no lease behind when the start ends while an enqueue is waited for', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const after = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve))
    const { beat, insert } = storage
    const beats = vi.spyOn(storage, 'beat').mockImplementation(async (input) => {
      await after(500)
      return beat.call(storage, input)
    })
    vi.spyOn(storage, 'insert').mockImplementation(async (input) => {
      await after(1_000)
      return insert.call(storage, input)
    })
    const { task } = gate()
    const manager = new TaskManager({ tasks: [task], storage, clock })
    const enqueued = manager.enqueue(task)
    const starting = manager.start().catch((error) => error)
    await clock.advance(0)
    const stopping = manager.stop()
    await clock.advance(2_000)
    await Promise.all([stopping, enqueued])
    expect(await starting).toMatchObject({ code: 'configuration' })
    expect(await storage.instances?.list()).toEqual([])
    const { length } = beats.mock.calls
    await clock.advance(10_000)
    expect(beats.mock.calls).toHaveLength(length)
  })

  it('on signals leaves the third one to the system', async () => {
    const before = process.rawListeners('SIGTERM').length
    const { manager } = await start([], { handleSignals: true })
    expect(process.rawListeners('SIGTERM')).toHaveLength(before + 1)
    const [first] = process.listeners('SIGTERM').slice(-1)
    first?.('SIGTERM')
    const [second, ...more] = process.rawListeners('SIGTERM').slice(before)
    expect(more).toEqual([])
    second?.('SIGTERM')
    expect(process.rawListeners('SIGTERM')).toHaveLength(before)
    await manager.stop()
    process.removeAllListeners('SIGINT')
  })

  it('waits for handlers, and resolves with what became of them', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task], { concurrency: 1 })
    const first = await manager.enqueue(task)
    const second = await manager.enqueue(task)
    await clock.advance(0)
    const storage = manager.storage
    const stopping = manager.stop()
    await clock.advance(10)
    open.get(first.taskId)?.end()
    await clock.advance(0)
    expect(await stopping).toEqual({ completed: 1, released: 0, interrupted: 0, abandoned: 0 })
    const [a, b] = await storage.get({ taskIds: [first.taskId, second.taskId] })
    expect([a?.status, b?.status, b?.attemptsMade]).toEqual(['success', 'pending', 0])
    await expect(manager.enqueue(task)).rejects.toMatchObject({ committed: 'no' })
  })

  it('aborts, then gives back: requeued where asked, interrupted elsewhere, no attempt counted', async () => {
    const { task: requeued } = gate('requeued', { requeueOnInterrupt: true })
    const { task: parked } = gate('parked')
    const { manager, clock } = await start([requeued, parked])
    const a = await manager.enqueue(requeued)
    const b = await manager.enqueue(parked)
    await clock.advance(0)
    const stopping = manager.stop({ graceMs: 1000, abortMs: 500 })
    await clock.advance(1500)
    expect(await stopping).toMatchObject({ released: 1, interrupted: 1, abandoned: 2 })
    const [first, second] = await manager.storage.get({ taskIds: [a.taskId, b.taskId] })
    expect(first).toMatchObject({ status: 'pending', attemptsMade: 0 })
    expect(second).toMatchObject({ status: 'interrupted' })
    expect(await manager.storage.instances?.list()).toEqual([])
  })

  it('a second call does not wait', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    await manager.enqueue(task)
    await clock.advance(0)
    void manager.stop({ graceMs: 60_000 })
    await clock.advance(1)
    await expect(manager.stop()).resolves.toMatchObject({ abandoned: 1 })
  })
})

describe('options', () => {
  const quick = defineTask({ name: 'quick', run() {} })
  it.each([
    [
      { tasks: [quick], concurrency: -1 },
      /concurrency: expected a whole number of 0 or more, got -1/,
    ],
    [{ tasks: [quick, quick] }, /tasks: expected each name once, got quick twice/],
    [{ tasks: undefined as never }, /tasks: expected an array/],
    [
      { tasks: [{ ...quick, settings: { ...quick.settings, executor: 'gpu' } }] },
      /executor: expected one of async, got gpu/,
    ],
  ])('%j are refused', (options, message) => {
    expect(() => new TaskManager(options)).toThrow(message)
  })

  it.each([
    [{ name: 'no spaces' }, /name/],
    [{ name: '' }, /name/],
    [{ name: 'x', retries: 1.5 }, /retries: expected a whole number/],
    [{ name: 'x', delayMs: -1 }, /delayMs/],
    [{ name: 'x', jitter: 2 }, /jitter/],
    [{ name: 'x', timeoutMs: 0 }, /timeoutMs/],
    [{ name: 'x', backoff: '2' as never }, /backoff/],
  ])('of a task, %j, are refused', (options, message) => {
    expect(() => defineTask({ ...options, run() {} })).toThrow(message)
  })

  it('retention deletes what is older', async () => {
    const clock = fakeClock()
    const storage: TaskStorage = memoryStorage({ now: clock.now })
    const { manager } = await start([quick], { storage, clock, retentionMs: 3_600_000 })
    await manager.enqueue(quick)
    await clock.advance(1_800_000)
    expect((await manager.list()).total).toBe(1)
    await clock.advance(7_200_000)
    expect((await manager.list()).total).toBe(0)
  })
})

/** A schema that wants a Date, which no JSON round trip keeps. */
const objectWithDate = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => {
      const at = (value as { at?: unknown } | null)?.at
      return at instanceof Date
        ? { value: { at } }
        : { issues: [{ path: ['at'], message: 'expected a Date' }] }
    },
    types: undefined as unknown as { input: { at: Date }; output: { at: Date } },
  },
} as const

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

/** What every look at throws. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** One slot that is taken, and a second task that was claimed while handlers were fast. */
async function claimedAhead() {
  const { task, open } = gate()
  const quick = defineTask({ name: 'quick', run() {} })
  const app = await start([task, quick], { concurrency: 1 })
  await app.manager.enqueue(quick)
  await app.clock.advance(0)
  const [first, second] = await app.manager.enqueueMany(task, [
    { payload: undefined },
    { payload: undefined },
  ])
  await app.clock.advance(0)
  return { ...app, open, first: first?.taskId ?? '', second: second?.taskId ?? '' }
}

/** Holds back the answer of the next turn until it is called. */
function delayTurn(storage: TaskStorage): () => void {
  const turn = storage.turn.bind(storage)
  let answer = () => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  vi.spyOn(storage, 'turn').mockImplementationOnce(async (input) => {
    const result = await turn(input)
    await asked
    return result
  })
  return answer
}

/** A clock whose timers never fire: what a process sees that has stopped. */
function stopped(clock: ReturnType<typeof fakeClock>) {
  return { ...clock, after: () => () => {} }
}
