import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'

describe('systemClock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('waits longer than a timer of the platform can', () => {
    const called = vi.fn()
    systemClock.after(86_400_000 * 40, called)
    vi.advanceTimersByTime(86_400_000 * 40 - 1)
    expect(called).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(called).toHaveBeenCalledOnce()
  })

  it('can be cancelled in any of the pieces of a long wait', () => {
    const called = vi.fn()
    const cancel = systemClock.after(86_400_000 * 40, called)
    vi.advanceTimersByTime(86_400_000 * 30)
    cancel()
    vi.advanceTimersByTime(86_400_000 * 30)
    expect(called).not.toHaveBeenCalled()
  })
})
