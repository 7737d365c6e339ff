import type { ClaimInput, OwnedTask, Settlement, TurnInput, TurnResult } from '@taskflow/core'
import { isShort } from '../log-lines.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'
import { releaseSuccessful } from './edges.ts'
import { insertWithin } from './insert.ts'
import { noteLate } from './late.ts'
import { Limits } from './limits.ts'
import { settle } from './settle.ts'
import { runTurn, type TurnPart } from './turn-statement.ts'

/** How many times its limit a claim looks through that met others at the same rows. */
const WIDER = 4
const NO_CLAIM: ClaimInput = { limit: 0, funcNames: [], suspects: false }

/**
 * Nearly every turn ends tasks well and claims without limits, and is one statement. Other ends need
 * a look at the task first, limits at what runs, and what follows from a task is inserted only if its
 * end counted: they are several, in a transaction.
 */
export async function turn(store: Store, input: TurnInput): Promise<TurnResult> {
  const quick = input.settle.every(isQuick)
  const limits = input.claim?.limits ?? []
  const alone = input.settle.every(({ chained = [] }) => chained.length === 0)
  if (quick && alone && limits.length === 0) return quickTurn(store, input)
  return store.transaction(async (runner) => {
    const part = quick
      ? await settleQuickly(store, runner, input)
      : { ...(await settle(store, runner, input)), cancels: [], claimed: [], nextRunAt: null }
    await noteLate(runner, staleOf(input.settle, part))
    const chained = alone ? false : await chain(store, runner, input.settle, part)
    const claim = await claimOn(store, runner, input, [], part.now)
    const { settled } = part
    const released = part.released || chained
    const { claimed, cancels, nextRunAt, now } = claim
    return { settled, claimed, released, cancels, nextRunAt, now }
  })
}

/** What runs in the instance's name. */
export function owned(store: Store, input: { instanceId: string }): Promise<OwnedTask[]> {
  return store.work(async (runner) => {
    const rows = await runner.run<{ id: string; fence: number }>(
      'select id, fence from {live} where state = 3 and instance = $1 order by id',
      [toText(input.instanceId)],
    )
    return rows.map(({ id, fence }) => ({ taskId: fromText(id), fence }))
  })
}

/** Stores what follows from the settlements that counted; true if there is any. */
async function chain(
  store: Store,
  runner: Runner,
  settle: Settlement[],
  { settled, now }: Pick<TurnResult, 'settled' | 'now'>,
): Promise<boolean> {
  const tasks = settle.flatMap(({ outcome, chained = [] }, n) =>
    outcome.type === 'success' && settled[n]?.result === 'settled' ? chained : [],
  )
  await insertWithin(store, runner, { tasks, now })
  return tasks.length > 0
}

function isQuick({ outcome, logs }: Settlement): boolean {
  return outcome.type === 'success' && isShort(logs)
}

async function quickTurn(store: Store, input: TurnInput): Promise<TurnResult> {
  const part = await store.work((runner) => claimOn(store, runner, input, input.settle))
  const { parents, ...result } = part
  const stale = staleOf(input.settle, part)
  if (stale.length === 0 && parents.length === 0) return result
  try {
    await store.transaction(async (runner) => {
      await noteLate(runner, stale)
      if (parents.length > 0) {
        result.released = await releaseSuccessful(store, runner, parents, part.now)
      }
    })
    return result.released ? await claimReleased(store, input, result) : result
  } catch {
    // The turn is committed and must be told, whatever became of this. Children that it did not
    // reach are released by the next `recover`.
    return { ...result, released: parents.length > 0 }
  }
}

/** Claims what a turn has just let go, as far as it has places left. */
async function claimReleased(
  store: Store,
  input: TurnInput,
  result: TurnResult,
): Promise<TurnResult> {
  if (input.claim === null) return result
  const suspects = input.claim.suspects !== false && !hasSuspect(result)
  const limit = Math.max(0, input.claim.limit - result.claimed.length)
  const claim = { ...input.claim, limit, suspects }
  const again = { ...input, claim, now: result.now }
  const more = await store.work((runner) => claimOn(store, runner, again, []))
  return { ...result, claimed: [...result.claimed, ...more.claimed], nextRunAt: more.nextRunAt }
}

/** Settles successes within a transaction, children and all. */
async function settleQuickly(store: Store, runner: Runner, input: TurnInput): Promise<TurnResult> {
  const {
    parents,
    nextRunAtOf: _,
    passedOver: __,
    ...part
  } = await runTurn(store, runner, input, input.settle, NO_CLAIM, { within: true })
  if (parents.length === 0) return part
  return { ...part, released: await releaseSuccessful(store, runner, parents, part.now) }
}

/**
 * Claims; once more where others are at the same rows, and after a count where limits are kept. Within
 * a transaction, what went before it was at `earlier`.
 */
async function claimOn(
  store: Store,
  runner: Runner,
  input: TurnInput,
  quick: Settlement[],
  earlier?: number,
): Promise<TurnResult & { parents: string[] }> {
  const { claim } = input
  const limited = claim?.limits ?? []
  const limits = limited.length === 0 ? null : await Limits.lock(runner, limited, input.now)
  const given = { ...input, now: limits?.now ?? earlier ?? input.now }
  const options = { limits, within: earlier !== undefined || limits !== null }
  if (claim === null) {
    return withoutLeft(await runTurn(store, runner, given, quick, NO_CLAIM, options))
  }
  const result = await runTurn(store, runner, given, quick, claim, options)
  await limits?.count(runner, result.claimed)
  const limit = claim.limit - result.claimed.length
  const nextRunAt = result.nextRunAtOf(limits, claim, hasSuspect(result))
  if (result.passedOver && limit > 0 && nextRunAt !== null && nextRunAt <= result.now) {
    const rest = { ...claim, limit, suspects: claim.suspects !== false && !hasSuspect(result) }
    const wider = { ...options, others: WIDER }
    const again = runTurn(store, runner, { ...input, now: result.now }, [], rest, wider)
    // What is claimed already must be told, whatever becomes of this; lost claims are found by beats.
    const more = await (options.within ? again : again.catch(() => null))
    if (more !== null) {
      await limits?.count(runner, more.claimed)
      result.claimed.push(...more.claimed)
      result.nextRunAtOf = more.nextRunAtOf
    }
  }
  result.nextRunAt = result.nextRunAtOf(limits, claim, hasSuspect(result))
  return withoutLeft(result)
}

function withoutLeft({
  nextRunAtOf: _,
  passedOver: __,
  ...part
}: TurnPart): TurnResult & { parents: string[] } {
  return part
}

function hasSuspect({ claimed }: TurnResult): boolean {
  return claimed.some(({ crashes }) => crashes > 0)
}

function staleOf(settle: Settlement[], { settled }: Pick<TurnResult, 'settled'>): Settlement[] {
  return settle.filter((_, n) => settled[n]?.result === 'stale')
}
