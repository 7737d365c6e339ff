import { LONGEST_DELAY_MS } from '../clock.ts'

/** When a failed attempt is tried again. */
export interface RetryPolicy {
  /** Retries after the first attempt. [0] */
  retries: number
  /** Before the first retry. [0] */
  delayMs: number
  /** Multiplies the delay for each further retry; or computes it from the retry's number, from 1. [1] */
  backoff: number | ((retry: number) => number)
  /** No delay is longer. [a day] */
  maxDelayMs: number
  /** Share of the delay that is left to chance, between 0 and 1. [0] */
  jitter: number
}

/**
 * Delay before a retry. With `delayMs: 1000, backoff: 2`: 1 s, 2 s, 4 s, 8 s … up to `maxDelayMs`;
 * `jitter: 0.2` takes away up to 20 % of that, so that tasks that failed together spread out.
 *
 * @param retry from 1
 */
export function retryDelayMs(policy: RetryPolicy, retry: number, random: () => number): number {
  const delay = delayOf(policy, retry)
  // A user's function may return anything; a delay must not be lost to NaN.
  if (typeof delay !== 'number' || Number.isNaN(delay)) return 0
  const bounded = Math.min(Math.max(delay, 0), policy.maxDelayMs, LONGEST_DELAY_MS)
  return Math.round(bounded * (1 - policy.jitter * random()))
}

function delayOf({ backoff, delayMs }: RetryPolicy, retry: number): unknown {
  if (typeof backoff === 'number') return delayMs * backoff ** (retry - 1)
  try {
    return backoff(retry)
  } catch {
    // The task failed for another reason, which is the one to be kept.
    return 0
  }
}
