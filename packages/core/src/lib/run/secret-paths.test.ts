import { describe, expect, it, vi } from 'vitest'
import type { LifecycleEvent, LogEvent } from '../observers/observer.ts'
import { defineTask, type TaskOptions } from './define-task.ts'
import { asyncExecutor } from './executor.ts'
import { MASK } from './secrets.ts'
import { start } from './test-manager.ts'

interface Login {
  user: string
  password: string
  cards?: { number: number }[]
}

const SECRET = ['password', 'cards.*.number']
const PASSWORD = 'correct horse'
const NUMBER = 4111111111111111
const payload: Login = { user: 'ada', password: PASSWORD, cards: [{ number: NUMBER }] }

async function ran(run: TaskOptions<Login, void>['run']) {
  const observed: (LogEvent | LifecycleEvent)[] = []
  const observer = {
    onLog: (event: LogEvent) => void observed.push(event),
    onLifecycle: (event: LifecycleEvent) => void observed.push(event),
  }
  // As executors with captured output do.
  const capturing = {
    ...asyncExecutor,
    name: 'capturing',
    execute(attempt: Parameters<typeof asyncExecutor.execute>[0]) {
      attempt.write('stdout', `out: ${PASSWORD}`)
      attempt.write('stderr', `err: ${NUMBER}`)
      return asyncExecutor.execute(attempt)
    },
  }
  const task = defineTask<Login>({ name: 'login', secret: SECRET, executor: 'capturing', run })
  const app = await start([task], { observers: [observer], executors: [capturing] })
  const { taskId } = await app.manager.enqueue(task, payload)
  await vi.waitFor(async () => expect((await app.manager.get(taskId))?.endTime).not.toBe(null))
  const record = await app.manager.get(taskId)
  const lines = (await app.manager.logs({ taskId })).entries.map(({ text }) => text)
  return { ...app, task, record, lines, observed: JSON.stringify(observed) }
}

describe('secrets of a payload', () => {
  it('are what the handler gets, and what code reads', async () => {
    const seen: unknown[] = []
    const { record } = await ran((given) => void seen.push(given))
    expect(seen).toEqual([payload])
    expect(record?.payload).toEqual(payload)
  })

  it('stay out of log lines, output, and what observers hear', async () => {
    const { lines, observed } = await ran((given, { log }) => {
      log(`as ${given.user} with ${given.password}`)
      log(new Error(`odd ${PASSWORD}`) as never)
    })
    expect(lines).toEqual([`out: ${MASK}`, `err: ${MASK}`, `as ada with ${MASK}`, `odd ${MASK}`])
    expect(observed).toContain(`as ada with ${MASK}`)
    expect(observed).not.toContain(PASSWORD)
    expect(observed).not.toContain(`${NUMBER}`)
  })

  it('stay out of progress', async () => {
    const task = defineTask<Login>({
      name: 'login',
      secret: SECRET,
      run({ password }, { progress, signal }) {
        progress(0.5, `checking ${password}`)
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
      },
    })
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task, payload)
    await clock.advance(1000)
    const record = await manager.get(taskId)
    expect(record?.progress).toEqual({ fraction: 0.5, message: `checking ${MASK}` })
  })

  it('stay out of errors, their causes and stacks, also where those are cut', async () => {
    const { record, observed } = await ran(({ password }) => {
      throw new Error(`${'x'.repeat(8_185)}${password}`, { cause: new Error(`no ${password}`) })
    })
    expect(record?.error).toContain(MASK)
    expect(record?.stacktrace).toContain(`no ${MASK}`)
    expect(JSON.stringify(record?.attempts) + record?.error + record?.stacktrace).not.toContain(
      'correc',
    )
    expect(observed).not.toContain('correc')
  })

  it('stay out of what a schema says of them', async () => {
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) => ({
          issues: [{ path: ['password'], message: `got ${(value as Login).password}` }],
        }),
      },
    }
    const task = defineTask({ name: 'login', secret: SECRET, schema, run() {} })
    const { manager } = await start([task])
    await expect(manager.enqueue(task, payload as never)).rejects.toMatchObject({
      message: `login: the payload was refused at password: got ${MASK}`,
      issues: [{ path: ['password'], message: `got ${MASK}` }],
    })
  })

  it('are put back where a retry is edited around their masks', async () => {
    const seen: unknown[] = []
    const { manager, record } = await ran((given) => {
      seen.push(given)
      if (given.user === 'ada') throw new Error('no')
    })
    const edited = { user: 'bob', password: MASK, cards: [{ number: MASK }] }
    await manager.retry(record?.taskId ?? '', { payload: edited })
    await vi.waitFor(() => expect(seen).toHaveLength(2))
    expect(seen[1]).toEqual({ ...payload, user: 'bob' })
    const refused = manager.retry(record?.taskId ?? '', { payload: { ...edited, cards: [] } })
    await expect(refused).resolves.toMatchObject({ duplicate: false })
    const other = { ...edited, cards: [{ number: MASK }, { number: 1 }] }
    await expect(manager.retry(record?.taskId ?? '', { payload: other })).rejects.toMatchObject({
      code: 'invalid_payload',
    })
  })

  it.each([{ secret: 'password' }, { secret: ['a..b'] }, { secret: [''] }, { secret: [1] }])(
    'are declared by paths, not %j',
    ({ secret }) => {
      expect(() => defineTask({ name: 'login', secret: secret as never, run() {} })).toThrow(
        expect.objectContaining({
          code: 'configuration',
          message: expect.stringContaining('secret'),
        }),
      )
    },
  )
})
