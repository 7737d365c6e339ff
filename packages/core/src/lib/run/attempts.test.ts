import { describe, expect, it } from 'vitest'
import { defineTask } from './define-task.ts'
import { AbandonTask, SnoozeTask } from './signals.ts'
import { gate, obedient, start } from './test-manager.ts'

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
      stacktrace: expect.stringContaining('attempts.test.ts'),
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

/** What every look at throws. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
