import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineTask } from './define-task.ts'
import { AbandonTask, SnoozeTask } from './signals.ts'
import { start } from './test-manager.ts'

const unhandled: unknown[] = []
const note = (reason: unknown) => unhandled.push(reason)
beforeEach(() => void process.on('unhandledRejection', note))
afterEach(() => {
  process.off('unhandledRejection', note)
  expect(unhandled.splice(0)).toEqual([])
})

const MANY = 50 * 1024 * 1024

/** Runs a task of one slot, then another that must find the slot free. */
async function ending(run: () => unknown) {
  const hostile = defineTask({ name: 'hostile', run: async () => run() })
  const harmless = defineTask({ name: 'harmless', run: () => 'ran' })
  const { manager, clock, errors } = await start([hostile, harmless], { concurrency: 1 })
  const { taskId } = await manager.enqueue(hostile)
  const next = await manager.enqueue(harmless)
  await clock.advance(0)
  expect((await manager.get(next.taskId))?.result).toBe('ran')
  expect(errors).toEqual([])
  return manager.get(taskId)
}

describe('a handler that throws', () => {
  it.each<[string, () => unknown, string | RegExp]>([
    ['null', () => null, 'Thrown: null'],
    ['undefined', () => undefined, 'Thrown: undefined'],
    ['a number', () => 404, 'Thrown: 404'],
    ['a symbol', () => Symbol('why'), 'Thrown: Symbol(why)'],
    ['an object', () => ({ code: 'E1' }), 'Thrown: [object Object]'],
    ['an object without a prototype', () => Object.create(null), /^Thrown: a value that cannot/],
    ['a proxy of an error', () => new Proxy(new Error('inner'), {}), 'inner'],
    ['a proxy whose traps throw', () => new Proxy({}, throwing), /^Thrown: a value that cannot/],
    ['a revoked proxy', revoked, /^Thrown: a value that cannot/],
    ['a SnoozeTask that cannot be asked', () => unanswering(new SnoozeTask(5)), /cannot be/],
    ['an AbandonTask that cannot be asked', () => unanswering(new AbandonTask()), /cannot be/],
    ['a SnoozeTask without a delay', undelayed, 'SnoozeTask: Snoozed for 5 ms'],
    ['an error whose toString throws', () => withGetter('toString'), 'kept'],
    ['an error whose stack throws', () => withGetter('stack'), 'kept'],
    ['an error whose cause throws', () => withGetter('cause'), 'kept'],
    ['an error whose name throws', () => withGetter('name'), 'kept'],
    ['an error whose message throws', () => withGetter('message'), /cannot be described/],
    ['an error that is its own cause', selfCaused, 'round and round'],
    ['a frozen error', () => Object.freeze(new Error('frozen')), 'frozen'],
    ['50 MB of message', () => new Error('x'.repeat(MANY)), /^x{8192}… \(52428800 characters\)$/],
    ['a 50 MB string', () => 'x'.repeat(MANY), /^Thrown: x{8184}… /],
  ])('%s is recorded as failed, in words', async (_, make, error) => {
    const record = await ending(() => {
      throw make()
    })
    expect(record?.status).toBe('failed')
    if (typeof error === 'string') expect(record?.error).toBe(error)
    else expect(record?.error).toMatch(error)
    expect(record?.attempts).toMatchObject([{ outcome: 'error', error: record?.error }])
    expect(record?.stacktrace?.length ?? 0).toBeLessThan(400_000)
  })

  it('keeps the stacks of causes', async () => {
    const record = await ending(() => {
      throw new Error('outer', { cause: new TypeError('inner') })
    })
    expect(record?.stacktrace).toMatch(/Error: outer[\s\S]*Caused by: TypeError: inner/)
  })
})

describe('a handler that returns', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle

  it.each<[string, () => unknown]>([
    ['a BigInt', () => 1n],
    ['a cycle', () => cycle],
    ['a function', () => () => 1],
    ['a symbol', () => Symbol('odd')],
    ['50 MB', () => 'x'.repeat(MANY)],
    ['a toJSON that throws', () => ({ toJSON: () => JSON.parse('{') })],
    ['a proxy whose look throws', () => ({ inner: revoked() })],
  ])('%s succeeded, and its log says why there is no result', async (_, run) => {
    const record = await ending(run)
    expect(record).toMatchObject({ status: 'success', result: null })
    expect(record?.logTail).toMatchObject([
      { level: 'warn', text: expect.stringMatching(/^The result was not kept: TaskflowError: /) },
    ])
  })

  it.each<[string, () => unknown, RegExp]>([
    ['a revoked proxy', revoked, /revoked/],
    ['a then that throws', () => thenable(() => JSON.parse('{')), /^SyntaxError: /],
    ['a then that rejects with null', () => thenable((_, no) => no(null)), /^Thrown: null$/],
  ])('%s has failed', async (_, run, error) => {
    const record = await ending(run)
    expect(record?.status).toBe('failed')
    expect(record?.error).toMatch(error)
  })
})

describe('a handler that calls its context with nonsense', () => {
  it('is not wedged by it, and keeps what can be read', async () => {
    const odd = defineTask({
      name: 'odd',
      run(_: void, { log, progress }) {
        log('loud', 'shouting' as never)
        log(undefined as never)
        log(revoked() as never)
        progress(0.5, { not: 'text' } as never)
        progress(Number.NaN, 'x'.repeat(MANY))
      },
    })
    const { manager, clock } = await start([odd])
    const { taskId } = await manager.enqueue(odd)
    await clock.advance(0)
    const record = await manager.get(taskId)
    expect(record?.status).toBe('success')
    expect(record?.logTail.map(({ level }) => level)).toEqual(['info', 'info', 'info'])
    expect(record?.progress?.message?.length ?? 0).toBeLessThan(100_000)
  })
})

const throwing = new Proxy(
  {},
  {
    get: () => () => {
      throw new Error('trapped')
    },
  },
)

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** An error one property of which cannot be read. */
function withGetter(property: string): Error {
  return Object.defineProperty(new Error('kept'), property, {
    get() {
      throw new Error('not for you')
    },
  })
}

/** An error that throws when a property is read. */
function unanswering(error: Error): Error {
  const get = () => {
    throw new Error('trapped')
  }
  return new Proxy(error, { get })
}

function undelayed(): Error {
  return Object.assign(new SnoozeTask(5), { delayMs: Number.NaN })
}

function selfCaused(): Error {
  const error = new Error('round and round')
  error.cause = error
  return error
}

const thenable = (then: (yes: unknown, no: (reason: unknown) => void) => void) => ({ then })
