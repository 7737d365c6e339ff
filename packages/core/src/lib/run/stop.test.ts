import { describe, expect, it } from 'vitest'
import type { TaskStorage } from '../storage/contract.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { asyncExecutor } from './executor.ts'
import { TaskManager } from './task-manager.ts'
import { gate, start, withParts } from './test-manager.ts'

const never = () => new Promise<never>(() => {})

/** Starts on a storage with other parts, which tells whether it was closed. */
async function closing(
  parts: (memory: TaskStorage) => Partial<TaskStorage>,
  options: Parameters<typeof start>[1] = {},
) {
  const clock = fakeClock()
  const memory = memoryStorage({ now: clock.now })
  const state = { closed: false }
  const storage = withParts(memory, {
    async close() {
      state.closed = true
    },
    ...parts(memory),
  })
  const { task, open } = gate()
  const app = await start([task], { ...options, clock, storage })
  return { ...app, clock, state, task, open }
}

describe('a storage that does not answer any more', () => {
  it.each<[string, (memory: TaskStorage, hangs: () => boolean) => Partial<TaskStorage>]>([
    ['a turn', (memory, hangs) => ({ turn: (input) => (hangs() ? never() : memory.turn(input)) })],
    ['a beat', (memory, hangs) => ({ beat: (input) => (hangs() ? never() : memory.beat(input)) })],
    [
      'an insert',
      (memory, hangs) => ({ insert: (input) => (hangs() ? never() : memory.insert(input)) }),
    ],
    [
      'an append of logs',
      (memory, hangs) => ({
        logs: {
          read: async () => ({ entries: [], next: 0, total: 0 }) as never,
          append: async (input) => (hangs() ? never() : memory.logs?.append(input)) as never,
        },
      }),
    ],
    ['a listen', () => ({ listen: never })],
    ['a close', () => ({ close: never })],
  ])('holds up no shutdown by %s', async (_, parts) => {
    let hangs = false
    const app = await closing((memory) => parts(memory, () => hangs), { concurrency: 1 })
    const { taskId } = await app.manager.enqueue(app.task)
    await app.clock.advance(0)
    hangs = true
    app.open.get(taskId)?.context.log('still here')
    app.manager.enqueue(app.task).catch(() => {})
    await app.clock.advance(4_000)
    const stopped = app.manager.stop({ graceMs: 10, abortMs: 10 })
    await app.clock.advance(60_000)
    expect(await stopped).toMatchObject({ abandoned: 1 })
    expect(app.errors.map(String)).toEqual([expect.stringContaining('left behind')])
  })
})

describe('what fails or goes on while a manager stops', () => {
  it('an executor that throws leaves the storage closed all the same', async () => {
    const close = () => {
      throw new Error('no such child')
    }
    const app = await closing(() => ({}), {
      executors: [{ ...asyncExecutor, name: 'bad', close }],
    })
    await app.manager.stop()
    expect(app.state.closed).toBe(true)
    expect(app.errors).toMatchObject([{ message: 'no such child' }])
  })

  it('a retention with much to delete ends, and asks nothing of a closed storage', async () => {
    const answers: (() => void)[] = []
    const late: unknown[] = []
    let closed = false
    const app = await closing(
      () => ({
        async prune(input) {
          if (closed) late.push(input)
          await new Promise<void>((answer) => answers.push(answer))
          return { deleted: 500 }
        },
        async close() {
          closed = true
        },
      }),
      { retentionMs: 1_000 },
    )
    await app.clock.advance(0)
    const stopped = app.manager.stop()
    await app.clock.advance(0)
    expect(closed).toBe(false)
    for (const answer of answers.splice(0)) answer()
    await stopped
    await app.clock.advance(100)
    expect(answers).toEqual([])
    expect(late).toEqual([])
    expect(app.errors).toEqual([])
  })

  it('a storage that is being opened is closed after that, not before', async () => {
    const clock = fakeClock()
    const steps: string[] = []
    let opened = () => {}
    const storage = withParts(memoryStorage({ now: clock.now }), {
      async open() {
        await new Promise<void>((resolve) => {
          opened = resolve
        })
        steps.push('opened')
      },
      async close() {
        steps.push('closed')
      },
    })
    const manager = new TaskManager({ tasks: [], storage, clock })
    const started = manager.start()
    const stopped = manager.stop()
    await clock.advance(0)
    opened()
    await expect(started).rejects.toMatchObject({ code: 'configuration' })
    await stopped
    expect(steps).toEqual(['opened', 'closed'])
  })

  it('a handler that ends while logs are written is settled as it ended, and once', async () => {
    const clock = fakeClock()
    const memory = memoryStorage({ now: clock.now })
    const answers: (() => void)[] = []
    const storage = withParts(memory, {
      logs: {
        read: (query) => memory.logs?.read(query) as never,
        async append() {
          await new Promise<void>((answer) => answers.push(answer))
          return []
        },
      },
    })
    let end = () => {}
    const task = defineTask({
      name: 'chatty',
      run: (_: void, { log }) => {
        log('working')
        return new Promise<string>((resolve) => {
          end = () => resolve('done')
        })
      },
    })
    const { manager } = await start([task], { clock, storage })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(300)
    const stopped = manager.stop({ graceMs: 0, abortMs: 0 })
    await clock.advance(0)
    end()
    await clock.advance(0)
    for (const answer of answers.splice(0)) answer()
    expect(await stopped).toMatchObject({ completed: 1, abandoned: 0 })
    expect(await memory.get({ taskIds: [taskId] })).toMatchObject([
      { status: 'success', attemptsMade: 1 },
    ])
  })
})

describe('times that are none', () => {
  it.each([{ graceMs: Number.NaN }, { abortMs: -1 }])(
    '%o are refused, and nothing stops',
    async (times) => {
      const { task } = gate()
      const { manager } = await start([task])
      await expect(manager.stop(times)).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('expected milliseconds of 0 or more'),
      })
      expect(manager.running).toBe(true)
    },
  )
})

describe('signals', () => {
  it('are left to the host by a manager that was stopped by hand', async () => {
    const before = process.rawListeners('SIGTERM').length
    const { manager } = await start([], { handleSignals: true })
    expect(process.rawListeners('SIGTERM')).toHaveLength(before + 1)
    await manager.stop()
    expect(process.rawListeners('SIGTERM')).toHaveLength(before)
  })
})
