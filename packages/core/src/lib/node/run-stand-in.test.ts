import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { BeatInput, BeatResult, TaskStorage } from '../storage/contract.ts'
import { runStandIn } from './run-stand-in.ts'
import { BEATS, NUMBER, type StandInData, type StandInMessage } from './stand-in.ts'

const EVERY_MS = 100

const { port, shared } = vi.hoisted(() => ({
  port: { current: null as EventEmitter | null },
  shared: new Int32Array(new SharedArrayBuffer(8)),
}))
vi.mock('node:worker_threads', () => ({
  get parentPort() {
    return port.current
  },
  workerData: { shared, everyMs: 100, maxBlockMs: 60_000, data: null } satisfies StandInData,
}))

beforeEach(() => {
  vi.useFakeTimers()
  port.current = new EventEmitter()
  Atomics.store(shared, NUMBER, 0)
  Atomics.store(shared, BEATS, 0)
})
afterEach(() => vi.useRealTimers())

/** The process tells of a beat. */
function tell(instanceId: string | null): void {
  const input = instanceId === null ? null : ({ instance: { instanceId } } as BeatInput)
  port.current?.emit('message', { input } satisfies StandInMessage)
}

/** A storage that answers when the test says so. */
function storageOf() {
  const beats: string[] = []
  const answers: ((alive: boolean) => void)[] = []
  const storage = {
    open: async () => {},
    close: async () => {},
    beat(input: BeatInput) {
      beats.push(input.instance.instanceId)
      return new Promise<BeatResult>((resolve) => {
        answers.push((alive) => resolve({ alive } as BeatResult))
      })
    },
  }
  return { storage: storage as unknown as TaskStorage, beats, answers }
}

it('an answer about a lease that is over does not end the next one', async () => {
  const { storage, beats, answers } = storageOf()
  runStandIn(async () => storage)
  tell('old')
  await vi.advanceTimersByTimeAsync(2 * EVERY_MS)
  expect(beats).toEqual(['old'])
  // The process wakes, has lost its lease, joins anew, and is blocked again.
  tell(null)
  tell('new')
  answers[0]?.(false)
  await vi.advanceTimersByTimeAsync(2 * EVERY_MS)
  expect(beats).toEqual(['old', 'new'])
})
