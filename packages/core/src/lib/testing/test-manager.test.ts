import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  AbandonTask,
  defineTask,
  type LifecycleEvent,
  SnoozeTask,
  type Task,
  type TaskExecutor,
  TaskFailedError,
  taskLog,
} from '../../index.ts'
import { fakeClock, type TestManager, testManager } from '../../testing.ts'

const DAY = 86_400_000

const mail = defineTask({
  name: 'mail',
  run: ({ to }: { to: string }, { log }) => {
    log(`to ${to}`)
    return to.length
  },
})
/** Fails until its third attempt. */
const flaky = defineTask({
  name: 'flaky',
  retries: 2,
  delayMs: DAY,
  run(_: void, { attempt }) {
    if (attempt < 2) throw new Error(`no ${attempt}`)
    return 'at last'
  },
})
/** Enqueues the mail of an order. */
const order = defineTask({
  name: 'order',
  run: async ({ to }: { to: string }, { tasks }) => {
    await tasks.enqueue(mail, { to })
  },
})
const broken = defineTask({
  name: 'broken',
  run() {
    throw new TypeError('not today')
  },
})

const open: TestManager[] = []
afterEach(() => Promise.all(open.splice(0).map((tasks) => tasks.stop())))

function manager(options: Partial<Parameters<typeof testManager>[0]> = {}) {
  const tasks = testManager({ tasks: [mail, flaky, order, broken], ...options })
  open.push(tasks)
  return tasks
}

describe('testManager', () => {
  it('stores what is enqueued, with typed payloads, and runs nothing, started or not', async () => {
    const tasks = manager()
    await tasks.enqueue(mail, { to: 'ann' }, { tags: { campaign: 'spring' } })
    await tasks.enqueue(flaky)
    await tasks.start()
    await tasks.enqueue(mail, { to: 'bob' }, { delayMs: DAY })
    await tasks.clock.advance(2 * DAY)
    const mails = await tasks.enqueued(mail)
    expect(mails.map(({ payload }) => payload.to)).toEqual(['ann', 'bob'])
    expect(mails).toMatchObject([
      { tags: { campaign: 'spring' }, attemptsMade: 0 },
      { runAt: tasks.clock.now() - DAY, status: 'pending' },
    ])
    expect((await tasks.enqueued()).map(({ funcName }) => funcName)).toEqual([
      'mail',
      'flaky',
      'mail',
    ])
  })

  it('shows what the app encrypts', async () => {
    const keys = [{ id: 'k1', secret: 'x'.repeat(32) }]
    const tasks = manager({ encryption: { keys } })
    const ref = await tasks.enqueue(mail, { to: 'ann' })
    expect(await tasks.enqueued(mail)).toMatchObject([{ payload: { to: 'ann' } }])
    expect((await tasks.get(ref.taskId))?.payload).toBeUndefined()
    await tasks.drain()
    expect(await tasks.result(ref)).toBe(3)
  })

  it('tells observers, subscribers and those who wait for results what a drain does', async () => {
    const steps: LifecycleEvent['step'][] = []
    const tasks = manager({ observers: [{ onLifecycle: ({ step }) => void steps.push(step) }] })
    const result = tasks.result(await tasks.enqueue(mail, { to: 'ann' }))
    await tasks.drain()
    expect(await result).toBe(3)
    expect(steps).toEqual(['accepted', 'started', 'success'])
  })

  it('does not hold the tasks of a request', async () => {
    const tasks = manager()
    const request = tasks.forRequest()
    await request.enqueue(mail, { to: 'ann' })
    expect(await tasks.drain()).toMatchObject({ success: 1 })
    await request.release()
  })

  it('refuses options that make no sense', () => {
    expect(() => manager({ concurrency: 0 })).toThrow('testManager: concurrency')
  })
})

describe('drain', () => {
  it('runs what is due and what follows from it, and tells how it ended', async () => {
    const tasks = manager()
    await tasks.enqueue(order, { to: 'ann' })
    await tasks.enqueue(broken)
    await tasks.enqueue(mail, { to: 'bob' }, { delayMs: 1 })
    const drained = await tasks.drain()
    expect(drained).toMatchObject({ success: 2, failed: 1, pending: 0, cancelled: 0 })
    expect(drained.records.map(({ funcName, status }) => [funcName, status])).toEqual([
      ['order', 'success'],
      ['broken', 'failed'],
      ['mail', 'success'],
    ])
    expect(drained.records[1]).toMatchObject({ error: 'TypeError: not today' })
    expect(await tasks.drain()).toMatchObject({ success: 0, records: [] })
  })

  it('leaves a retry until the clock is moved to it', async () => {
    const tasks = manager()
    const ref = await tasks.enqueue(flaky)
    expect(await tasks.drain()).toMatchObject({ pending: 1, records: [{ phase: 'retrying' }] })
    await tasks.clock.advance(DAY - 1)
    expect(await tasks.drain()).toMatchObject({ records: [] })
    await tasks.clock.advance(1)
    expect(await tasks.drain()).toMatchObject({ pending: 1 })
    await tasks.clock.advance(DAY)
    expect(await tasks.drain()).toMatchObject({ success: 1 })
    expect(await tasks.result(ref)).toBe('at last')
  })

  it('with includeScheduled moves time on until nothing is pending', async () => {
    const tasks = manager()
    const from = tasks.clock.now()
    await tasks.enqueue(flaky)
    await tasks.enqueue(mail, { to: 'ann' }, { runAt: from + 365 * DAY })
    const { success, records } = await tasks.drain({ includeScheduled: true })
    expect(success).toBe(2)
    expect(records.map(({ startTime }) => startTime)).toEqual([from + 2 * DAY, from + 365 * DAY])
  })

  it('waits for handlers that wait for something real', async () => {
    const slow = defineTask({
      name: 'slow',
      run: () => new Promise<void>((resolve) => setTimeout(resolve, 20)),
    })
    const tasks = manager({ tasks: [slow] })
    await tasks.enqueue(slow)
    expect(await tasks.drain()).toMatchObject({ success: 1 })
  })

  it('runs a flow from its parents to its children, and leaves what is blocked or paused', async () => {
    const tasks = manager()
    const parent = await tasks.enqueue(mail, { to: 'parent' })
    await tasks.enqueue(mail, { to: 'child' }, { dependsOn: [parent.taskId] })
    const bad = await tasks.enqueue(broken)
    await tasks.enqueue(mail, { to: 'orphan' }, { dependsOn: [bad.taskId] })
    await tasks.pause('order')
    await tasks.enqueue(order, { to: 'ann' })
    const { records } = await tasks.drain({ includeScheduled: true })
    expect(records.map(({ payload }) => payload)).toEqual([{ to: 'parent' }, null, { to: 'child' }])
  })

  it('keeps to the limits of tasks', async () => {
    let atOnce = 0
    let most = 0
    const narrow = defineTask({
      name: 'narrow',
      concurrency: 1,
      rateLimit: { count: 2, perMs: 1_000 },
      async run() {
        most = Math.max(most, ++atOnce)
        await Promise.resolve()
        atOnce--
      },
    })
    const tasks = manager({ tasks: [narrow] })
    for (let n = 0; n < 4; n++) await tasks.enqueue(narrow)
    expect(await tasks.drain()).toMatchObject({ success: 2 })
    expect(await tasks.drain({ includeScheduled: true })).toMatchObject({ success: 2 })
    expect(most).toBe(1)
  })

  it('waits for executors with slots of their own too', async () => {
    const elsewhere: TaskExecutor = {
      name: 'elsewhere',
      concurrency: 1,
      execute: ({ task, payload, context }) => task.run(payload, context),
    }
    const far = defineTask({
      name: 'far',
      executor: 'elsewhere',
      run: async ({ to }: { to: string }, { tasks }) => {
        await tasks.enqueue(mail, { to })
      },
    })
    const tasks = manager({ tasks: [far, mail], executors: [elsewhere] })
    for (let n = 0; n < 30; n++) await tasks.enqueue(far, { to: `${n}` })
    expect(await tasks.drain()).toMatchObject({ success: 60, pending: 0 })
    await tasks.enqueue(far, { to: 'later' }, { delayMs: DAY })
    expect(await tasks.drain({ includeScheduled: true })).toMatchObject({ success: 2 })
  })

  it('lets time pass for handlers that wait for it', async () => {
    const hangs = defineTask({
      name: 'hangs',
      timeoutMs: 5_000,
      run: (_: void, { signal }) =>
        new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    const tasks = manager({ tasks: [hangs] })
    await tasks.enqueue(hangs)
    const drained = tasks.drain()
    await tasks.clock.advance(5_000)
    expect((await drained).records).toMatchObject([{ attempts: [{ outcome: 'timeout' }] }])
  })

  it('has nothing to do for a manager without tasks', async () => {
    expect(await manager({ tasks: [] }).drain()).toMatchObject({ records: [] })
  })

  it('gives up on work that makes work for ever', async () => {
    const snoozes = defineTask({
      name: 'snoozes',
      run() {
        throw new SnoozeTask(0)
      },
    })
    const tasks = manager({ tasks: [snoozes] })
    await tasks.enqueue(snoozes)
    await expect(tasks.drain()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('10000'),
    })
  })

  it('ends when the manager stops, and one that was called meanwhile comes after', async () => {
    const hangs = defineTask({ name: 'hangs', run: () => new Promise<void>(() => {}) })
    const tasks = manager({ tasks: [hangs, mail] })
    await tasks.enqueue(mail, { to: 'ann' })
    const twice = await Promise.all([tasks.drain(), tasks.drain()])
    expect(twice.map(({ success }) => success)).toEqual([1, 0])
    await tasks.enqueue(hangs)
    const drained = tasks.drain().catch((error: unknown) => error)
    await tasks.clock.advance(0)
    await tasks.stop({ graceMs: 0, abortMs: 0 })
    expect(await drained).toMatchObject({ code: 'unavailable' })
  })
})

describe('inline', () => {
  it('has run the task, and what it set off, when enqueue resolves', async () => {
    const tasks = manager({ inline: true })
    const ref = await tasks.enqueue(order, { to: 'ann' })
    expect(await tasks.get(ref.taskId)).toMatchObject({ status: 'success' })
    expect(await tasks.enqueued(mail)).toMatchObject([{ status: 'success', result: 3 }])
    await tasks.forRequest().enqueue(mail, { to: 'bob' })
    await tasks.enqueueByName('mail', { to: 'carl' })
    await tasks.enqueueMany(mail, [{ payload: { to: 'dan' } }, { payload: { to: 'eve' } }])
    const mails = await tasks.enqueued(mail)
    expect(mails.map(({ status }) => status)).toEqual(Array(5).fill('success'))
  })

  it('has run a whole flow when it resolves, or rejects with the task that failed', async () => {
    const tasks = manager({ inline: true })
    const { refs } = await tasks.flow((flow) =>
      flow.add(mail, { to: 'ann' }, { after: [flow.add(mail, { to: 'bob' })] }),
    )
    expect(await tasks.get(refs.taskId)).toMatchObject({ status: 'success' })
    const failed = tasks.forRequest().flow((flow) => void flow.add(broken))
    await expect(failed).rejects.toBeInstanceOf(TaskFailedError)
  })

  it('retries at once, without moving the clock', async () => {
    const tasks = manager({ inline: true })
    const before = tasks.clock.now()
    const ref = await tasks.enqueue(flaky)
    expect(await tasks.result(ref)).toBe('at last')
    expect(tasks.clock.now()).toBe(before)
  })

  it('rejects where the task fails in the end, by itself or by hand', async () => {
    const tasks = manager({ inline: true })
    const error = await tasks.enqueue(broken).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(TaskFailedError)
    expect(error).toMatchObject({ cause: { message: 'TypeError: not today' } })
    const [record] = await tasks.enqueued(broken)
    await expect(tasks.retry(record?.taskId ?? '')).rejects.toBeInstanceOf(TaskFailedError)
  })

  it('does not fail for what a task set off', async () => {
    const outer = defineTask({
      name: 'outer',
      run: async (_: void, { tasks }) => {
        await tasks.enqueue(broken)
      },
    })
    const tasks = manager({ tasks: [outer, broken], inline: true })
    await tasks.enqueue(outer)
    expect(await tasks.enqueued(broken)).toMatchObject([{ status: 'failed' }])
  })

  it('leaves what is due later', async () => {
    const tasks = manager({ inline: true })
    await tasks.enqueue(mail, { to: 'ann' }, { delayMs: DAY })
    expect(await tasks.enqueued(mail)).toMatchObject([{ phase: 'scheduled' }])
    await tasks.drain({ includeScheduled: true })
    expect(await tasks.enqueued(mail)).toMatchObject([{ status: 'success' }])
  })

  it('does not wait for itself, however deep and limited', async () => {
    const down: Task<{ n: number }> = defineTask({
      name: 'down',
      concurrency: 1,
      async run({ n }: { n: number }, { tasks }) {
        if (n > 0) await tasks.enqueue(down, { n: n - 1 })
      },
    })
    const tasks = manager({ tasks: [down], inline: true, concurrency: 1 })
    await tasks.enqueue(down, { n: 30 })
    const all = await tasks.enqueued(down)
    expect(all.map(({ status }) => status)).toEqual(Array(31).fill('success'))
  })
})

describe('fakeClock', () => {
  it('goes on under the fake timers of a test runner', async () => {
    vi.useFakeTimers()
    try {
      const clock = fakeClock(0)
      const fired: number[] = []
      clock.after(20, () => fired.push(clock.now()))
      clock.after(10, () => clock.after(5, () => fired.push(clock.now())))
      await clock.advance(30)
      expect(fired).toEqual([15, 20])
      expect(clock.now()).toBe(30)
    } finally {
      vi.useRealTimers()
    }
  })

  it('never goes back', async () => {
    await expect(fakeClock().advance(-1)).rejects.toThrow(RangeError)
    await expect(fakeClock().advance(Number.NaN)).rejects.toThrow(RangeError)
  })
})

describe('signals of tasks', () => {
  it('are seen in the records of a drain', async () => {
    const abandons = defineTask({
      name: 'abandons',
      retries: 5,
      run() {
        taskLog('giving up', 'warn')
        throw new AbandonTask('pointless')
      },
    })
    const tasks = manager({ tasks: [abandons] })
    await tasks.enqueue(abandons)
    expect((await tasks.drain()).records).toMatchObject([
      { status: 'failed', attemptsMade: 1, logTail: [{ level: 'warn', text: 'giving up' }] },
    ])
  })
})
