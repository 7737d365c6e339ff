import type {
  ClaimInput,
  OwnedTask,
  Settlement,
  SettleResult,
  TurnInput,
  TurnResult,
} from '@taskflow/core'
import { numbers, shortened, texts } from '../arrays.ts'
import { codeOf } from '../errors.ts'
import type { Head, Seen } from '../floors.ts'
import { encodeLines } from '../log-lines.ts'
import { numberOf } from '../rows.ts'
import type { Parameter, Runner } from '../runner.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'
import { type ClaimedRow, toClaimed, windowFor } from './claim.ts'
import type { Limits } from './limits.ts'
import { type TurnShape, turnText } from './turn-text.ts'

/** What one statement did. */
export interface TurnPart extends TurnResult {
  /** Ended tasks that others depend on. */
  parents: string[]
  /** There may be free tasks behind those that others hold. */
  passedOver: boolean
  /** When the next task is due that may be claimed. */
  nextRunAtOf(limits: Limits | null, claim: ClaimInput, hasSuspect?: boolean): number | null
}

interface TurnRow extends Omit<ClaimedRow, 'id'> {
  /** Null in the first row, which tells of the turn. */
  id: string | null
}

/** What the first row says in JSON. */
type Ended = [id: string, fence: number, hasChildren: number]
type Left = [func: string, lane: number, rank: number, runAt: number]

export interface TurnOptions {
  limits?: Limits | null
  /** Looks through that many times the limit: who claims at once may hold as many of the first each. */
  others?: number
  /** Whether a failure would take other statements along. */
  within?: boolean
}

/** Ends successes and claims, in one statement; in two where a suspect waits unexpectedly. */
export async function runTurn(
  store: Store,
  runner: Runner,
  input: TurnInput,
  quick: Settlement[],
  claim: ClaimInput,
  options: TurnOptions = {},
): Promise<TurnPart> {
  const wanted = claim.suspects !== false
  const calm = !options.limits && !(wanted && store.suspectsWait)
  const { suspectsWait, ...part } = await runOnce(store, runner, input, quick, claim, {
    ...options,
    calm,
  })
  store.suspectsWait = suspectsWait
  if (!calm || !wanted || !suspectsWait) return part
  const again = runOnce(store, runner, { ...input, now: part.now }, [], claim, options)
  // What has ended must be told, whatever becomes of this; lost claims are found by beats.
  const more = await (options.within ? again : again.catch(() => null))
  if (more === null) return { ...part, nextRunAtOf: () => part.now }
  const { claimed, nextRunAtOf } = more
  return { ...part, claimed, nextRunAtOf }
}

const turnTexts = new Map<string, string>()

function textOf(shape: TurnShape): string {
  const key = Object.values(shape).join()
  let text = turnTexts.get(key)
  if (text === undefined) {
    text = turnText(shape)
    turnTexts.set(key, text)
  }
  return text
}

async function runOnce(
  store: Store,
  runner: Runner,
  input: TurnInput,
  quick: Settlement[],
  claim: ClaimInput,
  { limits = null, others = 1, within = false, calm = false }: TurnOptions & { calm?: boolean },
): Promise<TurnPart & { suspectsWait: boolean }> {
  const names = [...new Set(claim.funcNames)]
  const capped = limits !== null
  const one = names.length === 1 && !capped
  const once = new Map(quick.map((settlement) => [keyOf(settlement), settlement]))
  const settles = once.size > 0
  const caps = limits?.caps()
  const { age } = store.floors
  const floors = store.floors.of(names)
  const parameters: Parameter[] = [
    input.now ?? null,
    toText(input.instanceId),
    one ? toText(names[0] ?? '') : texts(names),
    claim.limit,
    claim.suspects === false ? 0 : 1,
    ...(caps === undefined ? [] : [caps.names, caps.counts]),
    ...(floors ?? []),
    // In the order in which everybody locks tasks, so that nobody waits in a circle.
    ...(settles ? [...settledParameters([...once.values()].sort(byTask)), store.nextSlot()] : []),
  ]
  const window = windowFor(claim.limit * others)
  const careful = settles && within
  const shape: TurnShape = {
    ...{ window, capped, one, calm, settles, careful },
    floored: floors !== null,
  }
  const run = (careful: boolean) => runner.run<TurnRow>(textOf({ ...shape, careful }), parameters)
  const rows = await run(shape.careful).catch((error: unknown) => {
    // Nothing was done, since an id ended that was stored anew after it had ended before.
    if (!settles || shape.careful || codeOf(error) !== '23505') throw error
    return run(true)
  })
  store.floors.claimed(age, names, floors === null, () => seenOf(rows))
  return { ...toPart(rows, quick, new Set(once.keys())), passedOver: !one }
}

/** What is claimed in order: of suspects only one. */
function seenOf([turn, ...claimed]: TurnRow[]): Seen {
  const left = parsed<Left>(turn?.meta ?? null).filter(([, lane]) => lane === 0)
  return {
    now: numberOf(turn?.run_at ?? 0),
    claimed: claimed
      .filter(({ crashes }) => crashes === 0)
      .map(({ func, rank, run_at }): Head => [fromText(func), rank, numberOf(run_at)]),
    left: left.map(([func, , rank, runAt]): Head => [fromText(func), rank, runAt]),
  }
}

const byTask = (a: Settlement, b: Settlement) => (a.taskId < b.taskId ? -1 : 1)

/** Zeros count as null: most tasks have neither a result nor log lines, and take no time. */
function settledParameters(once: Settlement[]): Parameter[] {
  return [
    texts(once.map(({ taskId }) => taskId)),
    numbers(once.map(({ fence }) => fence)),
    numbers(shortened(once.map(({ durationMs }) => Math.round(durationMs) || null))),
    texts(shortened(once.map(({ result }) => result))),
    texts(shortened(once.map(({ logs }) => (logs.length === 0 ? null : encodeLines(logs))))),
    numbers(shortened(once.map(({ logs }) => logs.length || null))),
  ]
}

function toPart(
  [turn, ...claimed]: TurnRow[],
  quick: Settlement[],
  wanted: Set<string>,
): Omit<TurnPart, 'passedOver'> & { suspectsWait: boolean } {
  if (turn === undefined) throw new Error('expected a row that tells of the turn')
  const told = parsed<Ended>(turn.payload)
  const ended =
    turn.fence === wanted.size
      ? wanted
      : new Set(told.map(([id, fence]) => keyOf({ taskId: fromText(id), fence })))
  const cancels = parsed<[id: string, fence: number]>(turn.tags).map(
    ([id, fence]): OwnedTask => ({ taskId: fromText(id), fence }),
  )
  const left = parsed<Left>(turn.meta)
  return {
    // All parts of a statement see the same rows: what it ended is still there to be cancelled.
    cancels: cancels.filter((task) => !ended.has(keyOf(task))).sort(byId),
    claimed: toClaimed(claimed as ClaimedRow[]),
    settled: quick.map(
      ({ taskId, fence }): SettleResult =>
        ended.delete(keyOf({ taskId, fence }))
          ? { taskId, result: 'settled', status: 'success' }
          : { taskId, result: 'stale' },
    ),
    released: false,
    nextRunAt: null,
    now: numberOf(turn.run_at),
    parents: told.flatMap(([id, , hasChildren]) => (hasChildren === 1 ? fromText(id) : [])),
    suspectsWait: turn.rank === 1,
    nextRunAtOf(limits, claim, hasSuspect = false) {
      let next: number | null = null
      for (const [func, lane, , runAt] of left) {
        if (lane === 2 && (claim.suspects === false || hasSuspect)) continue
        const at = limits === null ? runAt : limits.runAt(fromText(func), runAt)
        if (at !== null && (next === null || at < next)) next = at
      }
      return next
    },
  }
}

function parsed<Item>(json: string | null): Item[] {
  return json === null ? [] : (JSON.parse(json) as Item[])
}

const keyOf = ({ taskId, fence }: OwnedTask) => `${fence} ${taskId}`

function byId(a: OwnedTask, b: OwnedTask): number {
  return a.taskId < b.taskId ? -1 : 1
}
