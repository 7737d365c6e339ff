import type { ClaimedTask, InsertResult, NewTask, TurnInput, TurnResult } from '@taskflow/core'
import { SUCCESS, statusOf } from './codes.ts'
import { toNotes } from './notes.ts'
import { isPlain, type PackedSettlements, toMeta } from './pack.ts'
import { fromText } from './text.ts'
import type { PackedTurnResult } from './verbs/turn.ts'

/** Answers of an insert; null says that all tasks were new. */
export function unpackInsert(
  tasks: readonly NewTask[],
  results: InsertResult[] | null,
): InsertResult[] {
  return results ?? tasks.map(({ taskId }) => ({ taskId, duplicate: false }))
}

export function unpackTurn(
  { settle }: TurnInput,
  sent: PackedSettlements,
  packed: string,
): TurnResult {
  const result = JSON.parse(packed) as PackedTurnResult
  const { released, cancels, nextRunAt, now } = result
  return {
    settled: unpackSettled(settle, sent, result),
    claimed: result.claimed.map((row) => unpackClaimed(row, result)),
    released,
    cancels,
    nextRunAt,
    now,
  }
}

function unpackSettled(
  settle: TurnInput['settle'],
  { plain }: PackedSettlements,
  { stale, settled }: PackedTurnResult,
): TurnResult['settled'] {
  const states = settled.values()
  const stalePlain = new Set(stale)
  const positions = new Map(plain.map(({ fence, from }) => [fence, from]))
  const plainState = (fence: number) => {
    if (stale.length === 0) return SUCCESS
    const position = positions.get(fence) ?? 0
    positions.set(fence, position + 1)
    return stalePlain.has(position) ? null : SUCCESS
  }
  return settle.map((settlement) => {
    const { taskId, fence } = settlement
    const state = isPlain(settlement) ? plainState(fence) : (states.next().value ?? null)
    return state === null
      ? { taskId, result: 'stale' }
      : { taskId, result: 'settled', status: statusOf(state) }
  })
}

function unpackClaimed(
  [
    taskId,
    kindId,
    fence,
    payload,
    attemptsMade,
    meta,
    notesText,
    dueFor,
  ]: PackedTurnResult['claimed'][number],
  { kinds, parents, now }: PackedTurnResult,
): ClaimedTask {
  const kind = kinds[kindId]
  const notes = toNotes(notesText)
  const { tags = {}, retryOf = null, trace = null, onFailure } = toMeta(meta)
  return {
    taskId,
    funcName: kind?.func ?? '',
    fence,
    payload: fromText(payload),
    tags,
    runAt: now - dueFor,
    attemptsMade,
    maxAttempts: kind?.maxAttempts ?? 1,
    crashes: notes.crashes ?? 0,
    logCount: notes.logCount ?? 0,
    // Looked up only where there are any: a text that is no known key is a slow one to look up.
    dependsOn: onFailure === undefined ? [] : (parents[taskId] ?? []),
    retryOf,
    trace,
  }
}
