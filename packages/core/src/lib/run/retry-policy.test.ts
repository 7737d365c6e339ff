import { describe, expect, it } from 'vitest'
import { type RetryPolicy, retryDelayMs } from './retry-policy.ts'

const policy = (given: Partial<RetryPolicy>): RetryPolicy => ({
  retries: 10,
  delayMs: 1000,
  backoff: 1,
  maxDelayMs: 86_400_000,
  jitter: 0,
  ...given,
})
const none = () => 0

describe('retryDelayMs', () => {
  it('is the same each time without a backoff', () => {
    expect([1, 2, 3].map((n) => retryDelayMs(policy({}), n, none))).toEqual([1000, 1000, 1000])
  })

  it('grows by the multiplier', () => {
    const delays = [1, 2, 3, 4].map((n) => retryDelayMs(policy({ backoff: 2 }), n, none))
    expect(delays).toEqual([1000, 2000, 4000, 8000])
  })

  it('is never longer than maxDelayMs', () => {
    expect(retryDelayMs(policy({ backoff: 10, maxDelayMs: 5000 }), 9, none)).toBe(5000)
  })

  it('asks a function for the delay of each retry', () => {
    expect(retryDelayMs(policy({ backoff: (retry) => retry * 7 }), 3, none)).toBe(21)
  })

  it('takes away up to the share that is left to chance', () => {
    expect(retryDelayMs(policy({ jitter: 0.2 }), 1, () => 1)).toBe(800)
    expect(retryDelayMs(policy({ jitter: 0.2 }), 1, none)).toBe(1000)
  })

  it('survives a function that returns nonsense', () => {
    for (const bad of [Number.NaN, -5, Number.POSITIVE_INFINITY, undefined as never, 1n as never]) {
      const delay = retryDelayMs(policy({ backoff: () => bad, maxDelayMs: 100 }), 1, none)
      expect(delay === 0 || delay === 100).toBe(true)
    }
  })
})
