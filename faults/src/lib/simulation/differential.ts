import { isDeepStrictEqual } from 'node:util'
import type { TaskStorage } from '@taskflow/core'
import { type RecordedCall, verbOf } from './recorder.ts'

/**
 * Asks another storage what the memory of a world was asked, in the same order and at the same
 * instants. Returns the first answer that is another one, in words; null when all are the same, and
 * all tasks are at the end. Storages are free in what they make of a clock that goes back: memory
 * still claims what was due before, the others wait until it is due again.
 *
 * @throws what the storage throws.
 */
export async function firstDifference(
  calls: readonly RecordedCall[],
  storage: TaskStorage,
): Promise<string | null> {
  for (const [n, { verb, input, output }] of calls.entries()) {
    const difference = compare(output, await verbOf(storage, verb)(input))
    if (difference) return `call ${n + 1} of ${calls.length}, ${verb}: ${difference}`
  }
  return null
}

/** Reads all tasks that the calls speak of, as the last calls of a world. */
export async function readAll(storage: TaskStorage, calls: readonly RecordedCall[]): Promise<void> {
  const taskIds = [...new Set(calls.flatMap(({ output }) => idsIn(output)))]
  const tasks = await storage.get({ taskIds })
  for (const task of tasks) {
    if (task) await storage.logs?.read({ taskId: task.taskId, limit: 1_000 })
  }
}

function compare(expected: unknown, got: unknown): string | null {
  const [one, other] = [comparable(expected), comparable(got)]
  if (isDeepStrictEqual(one, other)) return null
  return `expected ${JSON.stringify(one)}, got ${JSON.stringify(other)}`
}

/** What storages are free to choose. */
const FREE = ['rev', 'schedulesVersion', 'cursor', 'next']
/** Lists that have no order. */
const SETS = ['others', 'cancels']

/** The value without what storages may choose, and with its sets in one order. */
function comparable(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item))
    const isSet = SETS.includes(key) || items.every(isRecovered)
    return isSet ? items.map((item) => JSON.stringify(item)).sort() : items
  }
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
    .map(([name, each]) => [name, name === 'nextRunAt' ? fromNowOn(each, value) : each] as const)
    .filter(([name, each]) => !FREE.includes(name) && each !== undefined)
    .map(([name, each]) => [name, comparable(each, name)] as const)
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** What is due is due: since when, nobody asks. */
function fromNowOn(nextRunAt: unknown, { now }: { now?: number }): unknown {
  return typeof nextRunAt === 'number' && now !== undefined ? Math.max(nextRunAt, now) : nextRunAt
}

/** Tasks that `recover` freed come in any order. */
function isRecovered(item: unknown): boolean {
  const names = item !== null && typeof item === 'object' ? Object.keys(item) : []
  return names.join() === 'funcName,status,taskId'
}

function idsIn(output: unknown): string[] {
  const text = JSON.stringify(output) ?? ''
  return [...text.matchAll(/"taskId":"([^"]+)"/g)].map(([, taskId]) => taskId as string)
}
