import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import type { TaskSource } from '../record.ts'
import { defineTask } from '../run/define-task.ts'
import { Encryption } from '../run/encryption/encryption.ts'
import { newTask } from '../run/new-task.ts'
import { AbandonTask, SnoozeTask } from '../run/signals.ts'
import { gate, start } from '../run/test-manager.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import type { AttemptEnd, ObservedAttempt, TaskObserver } from './observer.ts'

/** Puts nothing around attempts but a note of each. */
function recorder() {
  const attempts: ObservedAttempt[] = []
  const ends: AttemptEnd[] = []
  const observer: TaskObserver = {
    async around(attempt, run) {
      attempts.push(attempt)
      ends.push(await run())
    },
  }
  return { observer, attempts, ends }
}

describe('an observer', () => {
  it('that hangs in every method holds up neither tasks nor the others', async () => {
    const never = () => new Promise<void>(() => {})
    const heard: string[] = []
    const hello = defineTask({ name: 'hello', run: (_: void, { log }) => log('hi') })
    const { manager, clock, errors, status } = await start([hello], {
      observers: [
        { onLog: never, onLifecycle: never },
        {
          onLog: ({ message }) => void heard.push(message),
          onLifecycle: ({ step }) => void heard.push(step),
        },
      ],
    })
    const { taskId } = await manager.enqueue(hello)
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
    expect(heard).toEqual(['accepted', 'started', 'hi', 'success'])
    expect(errors).toEqual([])
  })

  it('that rejects with a thenable of its own is reported too', async () => {
    const tick = defineTask({ name: 'tick', run() {} })
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    const broken = { then: (_: unknown, reject: (error: Error) => void) => reject(new Error('no')) }
    const { manager, clock, errors } = await start([tick], {
      observers: [{ onLifecycle: () => broken as unknown as Promise<void> }],
    })
    await manager.enqueue(tick)
    await clock.advance(0)
    expect(errors).toMatchObject([{ message: 'no' }, { message: 'no' }, { message: 'no' }])
  })

  it('is closed once, after the last event, also when another cannot close', async () => {
    const heard: string[] = []
    const { task } = gate()
    const { manager, clock, errors } = await start([task], {
      observers: [
        {
          close() {
            throw new Error('cannot close')
          },
        },
        {
          onLifecycle: ({ step }) => void heard.push(step),
          close: () => void heard.push('closed'),
        },
      ],
    })
    await manager.enqueue(task)
    await clock.advance(0)
    await Promise.all([
      manager.stop({ graceMs: 0, abortMs: 0 }),
      manager.stop({ graceMs: 0, abortMs: 0 }),
    ])
    expect(heard).toEqual(['accepted', 'started', 'interrupted', 'closed'])
    expect(errors).toMatchObject([{ message: 'cannot close' }])
  })

  it('hears nothing more of a handler that goes on after it was closed', async () => {
    const lines: string[] = []
    const { task, open } = gate()
    const { manager, clock } = await start([task], {
      observers: [{ onLog: ({ message }) => void lines.push(message) }],
    })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    open.get(taskId)?.context.log('before')
    await manager.stop({ graceMs: 0, abortMs: 0 })
    open.get(taskId)?.context.log('after')
    expect(lines).toEqual(['before'])
  })

  it('that does not close is left behind after 5 s', async () => {
    const { manager, clock, errors } = await start([], {
      observers: [{ close: () => new Promise(() => {}) }],
    })
    let stopped = false
    const stopping = manager.stop({ graceMs: 0, abortMs: 0 }).then(() => {
      stopped = true
    })
    await clock.advance(4_999)
    expect(stopped).toBe(false)
    await clock.advance(1)
    await stopping
    expect(errors).toMatchObject([{ message: expect.stringContaining('has not closed') }])
  })
})

describe('around', () => {
  const faults: Record<string, Required<Pick<TaskObserver, 'around'>>> = {
    'throws before it runs it': {
      around() {
        throw new Error('broken')
      },
    },
    'rejects before it runs it': { around: () => Promise.reject(new Error('broken')) },
    'never runs it': { around() {} },
    'runs it too late': {
      async around(_, run) {
        await Promise.resolve()
        await run()
      },
    },
    'runs it and throws': {
      around(_, run) {
        void run()
        throw new Error('broken')
      },
    },
    'runs it and rejects': {
      async around(_, run) {
        await run()
        throw new Error('broken')
      },
    },
  }
  it.each(Object.entries(faults))(
    'an attempt runs once, whole and reported, inside of one that %s',
    async (_, broken) => {
      let runs = 0
      const count = defineTask({ name: 'count', run: () => ++runs })
      const { observer, ends } = recorder()
      const { manager, clock, errors, status } = await start([count], {
        observers: [broken, observer],
      })
      const { taskId } = await manager.enqueue(count)
      await clock.advance(0)
      expect(await status(taskId)).toBe('success')
      expect(runs).toBe(1)
      expect(ends).toMatchObject([{ outcome: 'success' }])
      expect(errors).toHaveLength(1)
    },
  )

  it('an attempt runs once inside of one that runs it twice, and both hear the same end', async () => {
    let runs = 0
    const heard: AttemptEnd[] = []
    const count = defineTask({ name: 'count', run: () => ++runs })
    const twice: TaskObserver = {
      async around(_, run) {
        heard.push(...(await Promise.all([run(), run()])))
        heard.push(await run())
      },
    }
    const { manager, clock, errors } = await start([count], { observers: [twice] })
    await manager.enqueue(count)
    await clock.advance(0)
    expect(runs).toBe(1)
    expect(heard.map(({ outcome }) => outcome)).toEqual(['success', 'success', 'success'])
    expect(errors).toEqual([])
  })

  it('a task ends though what is around it does not', async () => {
    const tick = defineTask({ name: 'tick', run() {} })
    const { manager, clock, status } = await start([tick], {
      observers: [
        {
          around(_, run) {
            void run()
            return new Promise(() => {})
          },
        },
      ],
    })
    const { taskId } = await manager.enqueue(tick)
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
  })

  it('the first observer is outermost, and the handler sees the context of all', async () => {
    const seen: string[] = []
    const outer = new AsyncLocalStorage<string>()
    const inner = new AsyncLocalStorage<string>()
    const look = defineTask({
      name: 'look',
      async run() {
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(`handler in ${outer.getStore()} and ${inner.getStore()}`)
      },
    })
    const inside = (name: string, storage: AsyncLocalStorage<string>): TaskObserver => ({
      async around(_, run) {
        seen.push(`${name} begins in ${outer.getStore() ?? 'nothing'}`)
        await storage.run(name, run)
        seen.push(`${name} ends`)
      },
    })
    const { manager, clock } = await start([look], {
      observers: [inside('outer', outer), inside('inner', inner)],
    })
    await manager.enqueue(look)
    await clock.advance(0)
    expect(seen).toEqual([
      'outer begins in nothing',
      'inner begins in outer',
      'handler in outer and inner',
      'inner ends',
      'outer ends',
    ])
  })

  it('hears of each attempt, and how it ended', async () => {
    const fails = defineTask({
      name: 'fails',
      retries: 1,
      run() {
        throw new RangeError('too far')
      },
    })
    const gives = defineTask({
      name: 'gives',
      retries: 9,
      run() {
        throw new AbandonTask('no use')
      },
    })
    const snoozes = defineTask({
      name: 'snoozes',
      run() {
        throw new SnoozeTask(60_000)
      },
    })
    const slow = defineTask({ name: 'slow', timeoutMs: 10, run: () => new Promise(() => {}) })
    const { observer, attempts, ends } = recorder()
    const { manager, clock } = await start([fails, gives, snoozes, slow], {
      observers: [observer],
      cancelGraceMs: 0,
    })
    const { taskId } = await manager.enqueue(fails, undefined, { tags: { a: 'b' } })
    await clock.advance(0)
    const base = { taskId, funcName: 'fails', maxAttempts: 2, executor: 'async', trace: null }
    expect(attempts).toEqual([
      { ...base, attempt: 0, tags: { a: 'b' } },
      { ...base, attempt: 1, tags: { a: 'b' } },
    ])
    expect(ends).toMatchObject([
      { outcome: 'retry', error: 'RangeError: too far', errorType: 'RangeError' },
      { outcome: 'failed', stacktrace: expect.stringContaining('observer-chain.test.ts') },
    ])
    ends.length = 0
    await manager.enqueue(gives)
    await manager.enqueue(snoozes)
    await manager.enqueue(slow)
    await clock.advance(10)
    expect(ends.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'failed', 'snoozed'])
    expect(ends.at(-1)).toMatchObject({ durationMs: 10, errorType: 'timeout' })
  })

  it('hears of attempts that are cancelled or released', async () => {
    const obedient = defineTask({
      name: 'obedient',
      run: (_: void, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    const { observer, ends } = recorder()
    const { manager, clock } = await start([obedient], { observers: [observer] })
    const { taskId } = await manager.enqueue(obedient)
    await manager.enqueue(obedient)
    await clock.advance(0)
    await manager.cancel(taskId)
    await clock.advance(0)
    const stopping = manager.stop({ graceMs: 0, abortMs: 1_000 })
    await clock.advance(0)
    await stopping
    expect(ends.map(({ outcome }) => outcome)).toEqual(['cancelled', 'released'])
  })
})

describe('the trace of who enqueues', () => {
  const request = new AsyncLocalStorage<string>()
  const tracing: TaskObserver = { trace: () => request.getStore() }

  it('is stored with the task, whatever way it came, and reaches every attempt', async () => {
    const child = defineTask({ name: 'child', run() {} })
    const parent = defineTask({
      name: 'parent',
      retries: 1,
      async run(_: void, { attempt, tasks }) {
        await request.run('from inside', () => tasks.enqueue(child))
        if (attempt === 0) throw new Error('again')
      },
    })
    const traces: string[] = []
    const note: TaskObserver = {
      async around({ funcName, trace }, run) {
        traces.push(`${funcName} ${trace}`)
        await run()
      },
    }
    const { manager, clock } = await start([parent, child], { observers: [tracing, note] })
    await request.run('one', () => manager.enqueue(parent))
    await clock.advance(0)
    expect(traces.splice(0).sort()).toEqual([
      'child from inside',
      'child from inside',
      'parent one',
      'parent one',
    ])
    await request.run('many', () => manager.enqueueMany(child, [{ payload: undefined }]))
    await request.run('named', () => manager.enqueueByName('child', null))
    const held = manager.forRequest()
    await request.run('held', () => held.enqueue(child))
    await manager.enqueue(child)
    await held.release()
    await clock.advance(0)
    expect(traces.sort()).toEqual(['child held', 'child many', 'child named', 'child null'])
  })

  it('is not asked for where no request is the cause: a schedule, whose timer may be anybody’s', async () => {
    const tick = defineTask<unknown>({ name: 'tick', run() {} })
    const limits = {
      clock: fakeClock(),
      maxPayloadBytes: 100,
      encryption: new Encryption(undefined),
      executors: new Map(),
      trace: () => 'somebody',
    }
    const made = (source: TaskSource) => newTask(tick, null, {}, { source }, limits)
    expect((await made('scheduled')).trace).toBeUndefined()
    expect((await made('chained')).trace).toBe('somebody')
  })

  it('comes from the first observer that knows one; one that fails is reported', async () => {
    const traces: (string | null)[] = []
    const tick = defineTask({ name: 'tick', run() {} })
    const { manager, clock, errors } = await start([tick], {
      observers: [
        { trace: () => undefined },
        {
          trace() {
            throw new Error('broken')
          },
        },
        { trace: () => 'x'.repeat(2_001) },
        { trace: () => 7 as unknown as string },
        { trace: () => 'second' },
        { trace: () => 'third' },
        {
          around({ trace }, run) {
            traces.push(trace)
            void run()
          },
        },
      ],
    })
    await manager.enqueue(tick)
    await clock.advance(0)
    expect(traces).toEqual(['second'])
    expect(errors).toMatchObject([
      { message: 'broken' },
      { message: 'observer: trace: expected at most 2000 characters, got 2001' },
      { message: 'observer: trace: expected at most 2000 characters, got number' },
    ])
  })
})
