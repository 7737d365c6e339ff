import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineTask, type TaskOptions } from './define-task.ts'
import { start } from './test-manager.ts'

afterEach(() => void vi.restoreAllMocks())

/** When each attempt of a task that never succeeds begins, in ms after the first. */
async function startsOf(options: Partial<TaskOptions<void, void>>, untilMs: number) {
  const starts: number[] = []
  const task = defineTask<void, void>({
    name: 'failing',
    ...options,
    run: (_, { attempt }) => {
      starts.push(clock.now())
      throw new Error(`attempt ${attempt}`)
    },
  })
  const { manager, clock } = await start([task])
  const { taskId } = await manager.enqueue(task)
  await clock.advance(untilMs)
  return { starts: starts.map((at) => at - (starts[0] ?? 0)), record: await manager.get(taskId) }
}

describe('retry options', () => {
  it.each([
    ['retries: 0', {}, [0]],
    ['retries', { retries: 2 }, [0, 0, 0]],
    ['delayMs', { retries: 2, delayMs: 1_000 }, [0, 1_000, 2_000]],
    ['backoff', { retries: 3, delayMs: 1_000, backoff: 2 }, [0, 1_000, 3_000, 7_000]],
    ['a backoff below 1', { retries: 2, delayMs: 1_000, backoff: 0.5 }, [0, 1_000, 1_500]],
    ['a backoff function', { retries: 2, backoff: (n: number) => n * 100 }, [0, 100, 300]],
    [
      'maxDelayMs',
      { retries: 3, delayMs: 1_000, backoff: 10, maxDelayMs: 5_000 },
      [0, 1_000, 6_000, 11_000],
    ],
  ])('%s decides when attempts begin', async (_, options, expected) => {
    expect((await startsOf(options, 60_000)).starts).toEqual(expected)
  })

  it('jitter takes away up to its share of the delay', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const { starts } = await startsOf({ retries: 2, delayMs: 1_000, jitter: 0.2 }, 60_000)
    expect(starts).toEqual([0, 900, 1_800])
  })

  it('timeoutMs ends each attempt, and the next begins with a signal of its own', async () => {
    const signals: AbortSignal[] = []
    const hangs = defineTask({
      name: 'hangs',
      retries: 1,
      timeoutMs: 100,
      run: (_: void, { signal }) =>
        new Promise<void>((_resolve, reject) => {
          signals.push(signal)
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    const { manager, clock } = await start([hangs])
    const { taskId } = await manager.enqueue(hangs)
    await clock.advance(100)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    await clock.advance(100)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'failed',
      attempts: [{ outcome: 'timeout' }, { outcome: 'timeout' }],
    })
  })

  it('keep one row per attempt, with its own error, stack, start, end, instance and outcome', async () => {
    const { record } = await startsOf({ retries: 2, delayMs: 1_000 }, 60_000)
    const first = record?.attempts[0]?.startedAt ?? Number.NaN
    expect(record?.attempts).toEqual(
      [0, 1, 2].map((attempt) => ({
        attempt,
        claimedAt: first + attempt * 1_000,
        startedAt: first + attempt * 1_000,
        endedAt: first + attempt * 1_000,
        outcome: 'error',
        error: `attempt ${attempt}`,
        stacktrace: expect.stringMatching(`Error: attempt ${attempt}\n.*retries.test.ts`),
        instance: record?.instance,
        lateOutcome: null,
      })),
    )
    expect(record).toMatchObject({ retriesUsed: 2, attemptsMade: 3, maxAttempts: 3 })
    expect(record?.instance).not.toBeNull()
  })
})
