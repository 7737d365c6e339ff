import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { quick, testApp } from './test-app.ts'

afterEach(() => vi.restoreAllMocks())

it('others have the event loop while a request looks through thousands of tasks', async () => {
  const app = await testApp()
  await app.manager.enqueueMany(
    quick,
    Array.from({ length: 2_000 }, () => ({ payload: {} })),
  )
  await expect.poll(async () => (await app.manager.metrics()).success).toBe(2_000)
  // Each look at the clock is as long after the one before as a page may take.
  let now = systemClock.monotonic()
  vi.spyOn(systemClock, 'monotonic').mockImplementation(() => {
    now += 10
    return now
  })
  for (const path of ['?q=error:none', '/logs?search=none', '/export.csv?q=error:none']) {
    let turns = 0
    let isOver = false
    const count = () => {
      turns += 1
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    const response = await app.call('GET', path)
    await response.text()
    isOver = true
    expect(response.status).toBe(200)
    expect(turns, path).toBeGreaterThan(2)
  }
  await app.stop()
})
