import { afterEach, vi } from 'vitest'
import type { TaskStorage } from '../storage/contract.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import type { TaskContext } from './context.ts'
import { defineTask, type Task, type TaskOptions } from './define-task.ts'
import type { TaskManagerOptions } from './options.ts'
import { TaskManager } from './task-manager.ts'

/** Managers to stop when the test is over. */
export const managers: TaskManager[] = []
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.stop({ graceMs: 0, abortMs: 0 })))
})

/** A started manager on memory, with time in the test's hands. */
export async function start(tasks: Task[], options: Partial<TaskManagerOptions> = {}) {
  const clock = fakeClock()
  const errors: unknown[] = []
  const manager = new TaskManager({
    tasks,
    clock,
    storage: memoryStorage({ now: clock.now }),
    onError: (error) => errors.push(error),
    ...options,
  })
  managers.push(manager)
  await manager.start()
  const status = async (taskId: string) => (await manager.get(taskId))?.status
  const phase = async (taskId: string) => (await manager.get(taskId))?.phase
  return { manager, clock, errors, status, phase }
}

/** A task that runs until it is told to end. */
export function gate(name = 'gate', options: Partial<TaskOptions<void, string>> = {}) {
  const open = new Map<
    string,
    { context: TaskContext; end: () => void; fail: (e: unknown) => void }
  >()
  const task = defineTask({
    name,
    ...options,
    // biome-ignore lint/suspicious/noConfusingVoidType: void is what a task without a payload has
    run: (_: void, context) =>
      new Promise<string>((resolve, reject) => {
        open.set(context.taskId, { context, end: () => resolve('done'), fail: reject })
      }),
  })
  return { task, open }
}

const METHODS =
  'open close insert turn beat owned recover reschedule cancel get list metrics prune'.split(' ')

/** The same storage with other or further parts. */
export function withParts(storage: TaskStorage, parts: Partial<TaskStorage>): TaskStorage {
  const methods = METHODS.map((name) => {
    const method = storage[name as 'get'] as (...args: unknown[]) => unknown
    return [name, method.bind(storage)]
  })
  const { name, logs, changes, instances, functions } = storage
  const own = { name, logs, changes, instances, functions, ...Object.fromEntries(methods) }
  return { ...own, ...parts } as TaskStorage
}

/** A task that ends as its signal says. */
export const obedient = defineTask({
  name: 'obedient',
  // biome-ignore lint/suspicious/noConfusingVoidType: void is what a task without a payload has
  run: (_: void, { signal }) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    }),
})

/** A schema that wants a Date, which no JSON round trip keeps. */
export const objectWithDate = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => {
      const at = (value as { at?: unknown } | null)?.at
      return at instanceof Date
        ? { value: { at } }
        : { issues: [{ path: ['at'], message: 'expected a Date' }] }
    },
    types: undefined as unknown as { input: { at: Date }; output: { at: Date } },
  },
} as const

/** One slot that is taken, and a second task that was claimed while handlers were fast. */
export async function claimedAhead() {
  const { task, open } = gate()
  const quick = defineTask({ name: 'quick', run() {} })
  const app = await start([task, quick], { concurrency: 1 })
  await app.manager.enqueue(quick)
  await app.clock.advance(0)
  const [first, second] = await app.manager.enqueueMany(task, [
    { payload: undefined },
    { payload: undefined },
  ])
  await app.clock.advance(0)
  return { ...app, open, first: first?.taskId ?? '', second: second?.taskId ?? '' }
}

/** Holds back the answer of the next turn until it is called. */
export function delayTurn(storage: TaskStorage): () => void {
  const turn = storage.turn.bind(storage)
  let answer = () => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  vi.spyOn(storage, 'turn').mockImplementationOnce(async (input) => {
    const result = await turn(input)
    await asked
    return result
  })
  return answer
}
