import { describe, expect, it } from 'vitest'
import type { BeatInput } from '../storage/contract.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import type { StandInFunction } from '../storage/parts.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import type { TaskManagerOptions } from './options.ts'
import { TaskManager } from './task-manager.ts'
import { gate, start, withParts } from './test-manager.ts'

/** A manager whose storage has a stand-in that only counts. */
async function withStandIn(options: Partial<TaskManagerOptions> = {}) {
  const clock = fakeClock()
  const memory = memoryStorage({ now: clock.now })
  const beats: BeatInput[] = []
  const told: BeatInput[] = []
  const asked: Parameters<StandInFunction>[0][] = []
  let number = -1
  let resets = 0
  let closed = 0
  const storage = withParts(memory, {
    beat(input) {
      beats.push(input)
      return memory.beat(input)
    },
    standIn(given) {
      asked.push(given)
      return {
        next: () => ++number,
        beating: (input) => void told.push(input),
        limit: () => () => {},
        reset() {
          number = -1
          resets++
        },
        close: async () => void closed++,
      }
    },
  })
  const { task } = gate()
  const { manager } = await start([task], { clock, storage, ...options })
  const standsIn = (times: number) => {
    number += times
  }
  const counts = () => ({ resets, closed })
  return { manager, clock, memory, beats, told, asked, standsIn, counts }
}

describe('the heartbeat', () => {
  it('tells its stand-in of each beat before it is sent, and shares numbers with it', async () => {
    const { manager, clock, beats, told, asked, standsIn, counts } = await withStandIn()
    expect(asked).toMatchObject([{ everyMs: 3_000, maxBlockMs: 60_000 }])
    await clock.advance(3_000)
    standsIn(4)
    await clock.advance(3_000)
    expect(beats.map(({ beat }) => beat)).toEqual([0, 1, 6])
    expect(beats.map(({ acked }) => acked)).toEqual([undefined, 0, 1])
    expect(told).toEqual(beats)
    await manager.stop({ graceMs: 0, abortMs: 0 })
    expect(told.at(-1)?.leaving).toBe(true)
    expect(counts()).toEqual({ resets: 1, closed: 1 })
  })

  it('begins numbers anew with a new lease', async () => {
    const { manager, clock, memory, beats, counts } = await withStandIn()
    const { instanceId } = manager
    await memory.recover({ dead: [{ instanceId, beat: 0 }], maxCrashes: 3, crashDelayMs: 0 })
    await clock.advance(3_000)
    expect(manager.instanceId).not.toBe(instanceId)
    expect(beats.map(({ beat }) => beat)).toEqual([0, 1, 0])
    expect(counts().resets).toBe(2)
  })

  it('leaves no stand-in behind when it cannot join, and makes another with the next start', async () => {
    const clock = fakeClock()
    const memory = memoryStorage({ now: clock.now })
    let away = true
    let made = 0
    let closed = 0
    const storage = withParts(memory, {
      async beat(input) {
        if (away) throw new Error('away')
        return memory.beat(input)
      },
      standIn() {
        made++
        const close = async () => void closed++
        return { next: () => 0, beating() {}, limit: () => () => {}, reset() {}, close }
      },
    })
    const manager = new TaskManager({ tasks: [gate().task], clock, storage })
    await expect(manager.start()).rejects.toThrow()
    expect([made, closed]).toEqual([1, 1])
    away = false
    await manager.start()
    expect([made, closed]).toEqual([2, 1])
    await manager.stop({ graceMs: 0, abortMs: 0 })
    expect([made, closed]).toEqual([2, 2])
  })

  it('on the main thread has no stand-in', async () => {
    const { clock, beats, asked } = await withStandIn({ heartbeat: 'main' })
    await clock.advance(3_000)
    expect(asked).toEqual([])
    expect(beats.map(({ beat }) => beat)).toEqual([0, 1])
  })

  it('buries who is silent as soon as the lease is over, not with the beat after that', async () => {
    const { clock, memory } = await withStandIn()
    await clock.advance(1_000)
    const functions: BeatInput['instance']['functions'] = []
    const instance = { instanceId: 'silent', host: '', pid: 1, version: '', functions }
    await memory.beat({ instance, beat: 0, leaseMs: 15_000, running: 0, state: 'running' })
    const isThere = async () =>
      (await memory.instances?.list())?.some(({ instanceId }) => instanceId === 'silent')
    await clock.advance(14_999)
    expect(await isThere()).toBe(true)
    await clock.advance(501)
    expect(await isThere()).toBe(false)
  })

  it('gives the lease up when the storage went back in time', async () => {
    const clock = fakeClock()
    const backup = memoryStorage({ now: clock.now })
    let storage = memoryStorage({ now: clock.now })
    const { manager } = await start([gate().task], {
      clock,
      storage: withParts(storage, {
        async beat(input) {
          // The backup is as old as the first beat.
          if (input.beat === 0) await backup.beat(input)
          return storage.beat(input)
        },
      }),
    })
    const { instanceId } = manager
    await clock.advance(9_000)
    expect(manager.instanceId).toBe(instanceId)
    storage = backup
    await clock.advance(3_000)
    expect(manager.instanceId).not.toBe(instanceId)
  })

  it.each([
    [{ heartbeat: 'worker' as never }, /heartbeat: expected 'thread' or 'main', got worker/],
    [{ maxBlockMs: 10 }, /maxBlockMs: expected a whole number of 15000 or more, got 10/],
  ])('refuses %o', async (options, message) => {
    await expect(start([gate().task], options)).rejects.toThrow(message)
  })
})
