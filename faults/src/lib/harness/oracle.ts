import type { StoredTask, TaskManager } from '@taskflow/core'
import { type LedgerLine, readLedgers } from './ledger-file.ts'

/** What became of all that victims enqueued, once everything is healed. */
export interface Verdict {
  /** Accepted, and neither ended well nor failed by its own doing. */
  lost: number
  /** Started, though nobody ever asked for it, or though it was said not to be stored. */
  unexpected: number
  /** Ends beyond the first, of any task. */
  duplicated: number
  /** Those of them that no attempt explains. */
  unexplained: number
  /** Tasks that ran twice at the same time in processes that live, without having been taken away. */
  overlap: number
  /** Neither final nor on the way to it. */
  stuck: number
  /** Enqueues whose fate was unknown, and which ran. */
  recovered: number
  acked: number
}

/** Compares the ledgers with the storage. */
export async function judge(manager: TaskManager, folder: string): Promise<Verdict> {
  const lines = readLedgers(folder)
  const numbers = (event: LedgerLine['event']) =>
    new Set(lines.filter((line) => line.event === event).map(({ n }) => n))
  const acks = new Map(
    lines.filter(({ event }) => event === 'ack').map(({ n, taskId }) => [n, taskId]),
  )
  const tried = numbers('try')
  const refused = numbers('refused')
  const unknown = numbers('unknown')
  const started = [...numbers('start')].filter((n) => !n.startsWith('tick-'))
  const stuck = await countLive(manager)
  const verdict: Verdict = {
    lost: 0,
    unexpected: started.filter((n) => !tried.has(n) || refused.has(n)).length,
    duplicated: 0,
    unexplained: 0,
    overlap: 0,
    stuck,
    recovered: started.filter((n) => unknown.has(n)).length,
    acked: acks.size,
  }
  const stored = await readTasks(manager, [...new Set(lines.map(({ taskId }) => taskId))])
  for (const taskId of acks.values()) {
    if (stored.get(taskId)?.status !== 'success') verdict.lost++
  }
  for (const [taskId, own] of Map.groupBy(lines, ({ taskId }) => taskId)) {
    const ends = own.filter(({ event }) => event === 'end').length
    const starts = own.filter(({ event }) => event === 'start').length
    if (taskId === '-' || starts < 2) continue
    const task = stored.get(taskId)
    const taken = task ? takenAway(task) : 0
    if (ends > 1) {
      verdict.duplicated += ends - 1
      verdict.unexplained += Math.max(0, ends - 1 - taken)
    }
    if (taken === 0 && overlaps(own)) verdict.overlap++
  }
  return verdict
}

async function readTasks(manager: TaskManager, ids: string[]): Promise<Map<string, StoredTask>> {
  const stored = new Map<string, StoredTask>()
  for (let from = 0; from < ids.length; from += 500) {
    for (const task of await manager.storage.get({ taskIds: ids.slice(from, from + 500) })) {
      if (task) stored.set(task.taskId, task)
    }
  }
  return stored
}

/** Attempts that were taken from their owners, each of which may have ended all the same. */
function takenAway({ attempts }: StoredTask): number {
  const outcomes = attempts.map(({ outcome, lateOutcome }) =>
    outcome === 'crashed' || outcome === 'released' || lateOutcome !== null ? 1 : 0,
  )
  return outcomes.reduce<number>((sum, each) => sum + each, 0)
}

/** Whether a task's handlers ran at the same time in two processes, by what they wrote. */
function overlaps(lines: readonly LedgerLine[]): boolean {
  const open = new Set<number>()
  for (const { event, pid } of lines.toSorted((a, b) => a.at - b.at)) {
    if (event === 'start' && open.size > 0 && !open.has(pid)) return true
    if (event === 'start') open.add(pid)
    if (event === 'end' || event === 'fail') open.delete(pid)
  }
  return false
}

/** Tasks that are pending or running. */
export async function countLive(manager: TaskManager): Promise<number> {
  const { pending, running } = await manager.metrics()
  return pending + running
}
