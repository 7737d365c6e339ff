import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import type { HintListener } from '../storage/parts.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { start, withParts } from './test-manager.ts'

/** Two managers on one storage, the second of which hears hints when the test gives them. */
async function pair(task: Parameters<typeof start>[0][number]) {
  const clock = fakeClock()
  const storage = memoryStorage({ now: clock.now })
  const listeners: HintListener[] = []
  let failures = 0
  let ended = 0
  const listening = withParts(storage, {
    async listen(listener) {
      if (failures-- > 0) throw new Error('no connection')
      listeners.push(listener)
      return async () => void ended++
    },
  })
  const here = await start([task], { clock, storage, concurrency: 0 })
  const fail = (times: number) => {
    failures = times
  }
  const there = () => start([task], { clock, storage: listening })
  return { clock, here, there, listeners, fail, ended: () => ended }
}

const waits = defineTask({
  name: 'waits',
  run: (_: void, { signal }) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    }),
})

describe('hints', () => {
  it('of work make an idle instance look for it at once', async () => {
    const { clock, here, there, listeners } = await pair(waits)
    await there()
    const { taskId } = await here.manager.enqueue(waits)
    await clock.advance(0)
    expect(await here.status(taskId)).toBe('pending')
    listeners[0]?.hint('work')
    await clock.advance(0)
    expect(await here.status(taskId)).toBe('running')
  })

  it('of cancels reach the handler at once', async () => {
    const { clock, here, there, listeners } = await pair(waits)
    await there()
    const { taskId } = await here.manager.enqueue(waits)
    listeners[0]?.hint('work')
    await clock.advance(0)
    await here.manager.cancel(taskId)
    await clock.advance(0)
    expect(await here.status(taskId)).toBe('running')
    listeners[0]?.hint('cancels')
    await clock.advance(0)
    expect(await here.status(taskId)).toBe('cancelled')
  })

  it('that come again after a gap stand for all that were lost', async () => {
    const { clock, here, there, listeners } = await pair(waits)
    await there()
    listeners[0]?.up(false)
    const { taskId } = await here.manager.enqueue(waits)
    await clock.advance(0)
    listeners[0]?.up(true)
    await clock.advance(0)
    expect(await here.status(taskId)).toBe('running')
  })

  it('are asked for again when the storage cannot give them, and reported once', async () => {
    const { clock, there, listeners, fail } = await pair(waits)
    fail(3)
    const { errors } = await there()
    await clock.advance(0)
    expect(listeners).toHaveLength(0)
    await clock.advance(10_000)
    expect(listeners).toHaveLength(1)
    expect(errors.map(String)).toEqual([expect.stringMatching(/hints .* no connection/)])
  })

  it('that come only now stand for all that were lost until then', async () => {
    const { clock, here, there, listeners, fail } = await pair(waits)
    fail(1)
    await there()
    const { taskId } = await here.manager.enqueue(waits)
    await clock.advance(0)
    expect(await here.status(taskId)).toBe('pending')
    await clock.advance(100)
    expect(listeners).toHaveLength(1)
    expect(await here.status(taskId)).toBe('running')
  })

  it('end with the manager, and one that is late does nothing', async () => {
    const { clock, there, listeners, ended } = await pair(waits)
    const { manager } = await there()
    await clock.advance(0)
    await manager.stop({ graceMs: 0, abortMs: 0 })
    expect(ended()).toBe(1)
    listeners[0]?.hint('work')
    listeners[0]?.hint('cancels')
    await clock.advance(0)
  })

  it('missed, work is found with the next beat', async () => {
    const { clock, here, there } = await pair(waits)
    await there()
    const { taskId } = await here.manager.enqueue(waits)
    await clock.advance(3_000)
    expect(await here.status(taskId)).toBe('running')
  })
})
