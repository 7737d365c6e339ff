import { LAST_INSTANT, LONGEST_DELAY_MS } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../option-names.ts'
import type { ResolvedOptions } from './options.ts'
import { pruneTasks } from './prune-tasks.ts'

/** Which final tasks to delete: those that ended before an instant, or longer ago than a while. */
export interface DeleteHistoryOptions {
  /** Those that ended before this, epoch ms or a Date. */
  endedBefore?: number | Date
  /** Those that ended longer ago than this; not together with `endedBefore`. */
  olderThanMs?: number
  /** Only tasks of these functions. [all] */
  funcNames?: readonly string[]
  /** Only counts. [false] */
  dryRun?: boolean
}

const NAMES: OptionNames<DeleteHistoryOptions> = {
  endedBefore: true,
  olderThanMs: true,
  funcNames: true,
  dryRun: true,
}

/** Deletes final tasks with their logs and attempts; resolves with how many. */
export async function deleteHistory(
  { clock, storage }: ResolvedOptions,
  options: DeleteHistoryOptions,
): Promise<{ deleted: number }> {
  checkOptionNames(options, NAMES, { where: 'deleteHistory' })
  const { endedBefore, olderThanMs, funcNames, dryRun = false } = options
  if ((endedBefore === undefined) === (olderThanMs === undefined)) {
    throw invalid('endedBefore, olderThanMs: expected one of them')
  }
  if (olderThanMs !== undefined && !(olderThanMs >= 0 && olderThanMs <= LONGEST_DELAY_MS)) {
    const expected = `milliseconds from 0 to ${LONGEST_DELAY_MS}`
    throw invalid(`olderThanMs: expected ${expected}, got ${olderThanMs}`)
  }
  if (funcNames && !(Array.isArray(funcNames) && funcNames.every((n) => typeof n === 'string'))) {
    throw invalid('funcNames: expected an array of names')
  }
  const before = endedBefore === undefined ? clock.now() - (olderThanMs ?? 0) : Number(endedBefore)
  if (!(Math.abs(before) <= LAST_INSTANT)) {
    throw invalid(`endedBefore: expected an instant, got ${String(endedBefore)}`)
  }
  const names = funcNames && [...funcNames]
  const deleted = await pruneTasks(storage, { endedBefore: before, funcNames: names, dryRun })
  return { deleted }
}

const invalid = (message: string) => new TaskflowError('invalid_input', `deleteHistory: ${message}`)
