import type {
  ClaimInput,
  OwnedTask,
  Settlement,
  SettleResult,
  TurnInput,
  TurnResult,
} from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { encodeLines } from '../log-lines.ts'
import { KEPT_COLUMNS, numberOf } from '../rows.ts'
import type { Parameter, Runner } from '../runner.ts'
import { NOW, noteChanges } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'
import { type ClaimedRow, claimMany, claimOne, toClaimed, windowFor } from './claim.ts'
import type { Limits } from './limits.ts'
import { countEnded } from './rollup.ts'

const KEPT = KEPT_COLUMNS.join(', ')

/**
 * `$1` now, `$2` instance, `$3` to `$8` what succeeded, `$9` slot, `$10` functions, `$11` limit, `$12`
 * suspects, `$13` and `$14` caps. `one`: of one function, without caps.
 */
export function turnText(window: number, capped: boolean, one = false): string {
  const places = { me: '$2', names: '$10', limit: '$11', suspects: '$12' }
  const caps = capped ? { caps: { names: '$13', counts: '$14' } } : {}
  const claim = one ? claimOne : claimMany
  const none = 'null as payload, null as tags, null as retry_of, null as meta'
  const zeros = '0 as rank, 0 as attempts_made, 0 as max_attempts, 0 as crashes, 0 as log_count'
  return `with recursive ${NOW},
  -- A look for each id, never a join: planned at a bad moment, a join compares all with all.
  gone as materialized (
    select l.*, x.ms, x.result, x.lines, x.line_count
    from unnest($3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::int[])
      as x (id, fence, ms, result, lines, line_count)
    cross join lateral (
      select ${KEPT}, claimed_at, fence, rev, attempts_made, crashes, log_count, log_chunked,
        log_tail, instance
      from {live}
      where id = x.id and state = 3 and instance = $2 and fence = x.fence for update) as l),
  deleted as (delete from {live} where id = any (array(select id from gone))),
  ended as (
    insert into {done} (${KEPT}, claimed_at, started_at, ended_at, state, fence, rev, attempts_made,
      crashes, attempt, outcome, log_count, log_chunked, log_tail, instance, result)
    select ${KEPT}, claimed_at, greatest(clock.now - ms, claimed_at), clock.now, 10, fence, rev + 1,
      attempts_made, crashes, greatest(attempts_made - 1, 0), 'success', log_count + line_count,
      log_chunked,
      -- A JSON array behind another: readers take the last lines of it.
      case when lines is null then log_tail when log_tail is null or log_tail = '[]' then lines
        else left(log_tail, -1) || ',' || substr(lines, 2) end,
      instance, result
    from gone, clock
    -- An id that was stored anew while it ended must not keep a turn from being settled.
    on conflict (id) do nothing),
  -- Their children are released by a statement that sees them; if it does not come, by a sweep.
  left_behind as (
    insert into {released} (parent) select id from gone where has_children = 1
    on conflict (parent) do nothing),
  ${countEnded('(select func, 10 as state, greatest(clock.now - ms, claimed_at) as started_at, clock.now as ended_at from gone, clock) as g', '$9::smallint')},
  ${claim({ ...places, ...caps }, window)},
  ${noteChanges('select id from gone union all select id from claimed')}
  select 'turn' as what, null as id, null as func, (select count(*)::int from gone) as fence,
      clock.now as run_at, ${zeros}, ${none}
    from clock
  -- Nearly always all there is to say is that every one has ended.
  union all select 'ended', id, null, fence, 0, has_children, 0, 0, 0, 0, null, null, null, null from gone
    where has_children = 1 or (select count(*) from gone) < cardinality($3::text[])
  union all select 'claimed', id, func, fence, run_at, rank, attempts_made, max_attempts, crashes,
    log_count, payload, tags, retry_of, meta from claimed
  union all select 'left', null, func, lane, run_at, 0, 0, 0, 0, 0, null, null, null, null from rest
  union all select 'cancel', id, null, fence, 0, 0, 0, 0, 0, 0, null, null, null, null from {live}
    where state = 3 and cancel_at is not null and instance = $2`
}

const turnTexts = new Map<string, string>()

interface TurnRow extends ClaimedRow {
  what: 'turn' | 'ended' | 'claimed' | 'left' | 'cancel'
}

/** What one statement did. */
export interface TurnPart extends TurnResult {
  /** Ended tasks that others depend on. */
  parents: string[]
  /** There may be free tasks behind those that others hold. */
  passedOver: boolean
  /** When the next task is due that may be claimed. */
  nextRunAtOf(limits: Limits | null, claim: ClaimInput, hasSuspect?: boolean): number | null
}

/**
 * Ends successes and claims, in one statement. With `others`, that many times the limit is looked
 * through: who claims at the same time may hold as many of the first tasks each.
 */
export async function runTurn(
  store: Store,
  runner: Runner,
  input: TurnInput,
  quick: Settlement[],
  claim: ClaimInput,
  limits: Limits | null = null,
  others = 1,
): Promise<TurnPart> {
  const names = [...new Set(claim.funcNames)]
  const once = new Map(quick.map((settlement) => [keyOf(settlement), settlement]))
  const window = windowFor(claim.limit * others)
  const capped = limits !== null
  const one = names.length === 1 && !capped
  const shape = `${window} ${capped} ${one}`
  let text = turnTexts.get(shape)
  if (text === undefined) {
    text = turnText(window, capped, one)
    turnTexts.set(shape, text)
  }
  const caps = limits?.caps()
  const rows = await runner.run<TurnRow>(text, [
    input.now ?? null,
    toText(input.instanceId),
    // In the order in which everybody locks tasks, so that nobody waits in a circle.
    ...settledParameters([...once.values()].sort(byTask)),
    store.slot,
    texts(names),
    claim.limit,
    claim.suspects === false ? 0 : 1,
    ...(caps === undefined ? [] : [caps.names, caps.counts]),
  ])
  const part = toPart(rows, quick, new Set(once.keys()))
  return { ...part, passedOver: !one }
}

const byTask = (a: Settlement, b: Settlement) => (a.taskId < b.taskId ? -1 : 1)

function settledParameters(once: Settlement[]): Parameter[] {
  return [
    texts(once.map(({ taskId }) => taskId)),
    numbers(once.map(({ fence }) => fence)),
    numbers(once.map(({ durationMs }) => Math.round(durationMs))),
    texts(once.map(({ result }) => result)),
    texts(once.map(({ logs }) => (logs.length === 0 ? null : encodeLines(logs)))),
    numbers(once.map(({ logs }) => logs.length)),
  ]
}

function toPart(
  rows: TurnRow[],
  quick: Settlement[],
  wanted: Set<string>,
): Omit<TurnPart, 'passedOver'> {
  let ended = new Set<string>()
  const parents: string[] = []
  const claimed: ClaimedRow[] = []
  const cancels: OwnedTask[] = []
  const left: { funcName: string; lane: number; runAt: number }[] = []
  let now = 0
  for (const row of rows) {
    const { fence } = row
    if (row.what === 'claimed') claimed.push(row)
    else if (row.what === 'cancel') cancels.push({ taskId: fromText(row.id), fence })
    else if (row.what === 'turn') {
      now = numberOf(row.run_at)
      if (fence === wanted.size) ended = wanted
    } else if (row.what === 'left') {
      left.push({ funcName: fromText(row.func), lane: fence, runAt: numberOf(row.run_at) })
    } else {
      const taskId = fromText(row.id)
      ended.add(keyOf({ taskId, fence }))
      if (row.rank === 1) parents.push(taskId)
    }
  }
  return {
    // All parts of a statement see the same rows: what it ended is still there to be cancelled.
    cancels: cancels.filter((task) => !ended.has(keyOf(task))).sort(byId),
    claimed: toClaimed(claimed),
    settled: quick.map(
      ({ taskId, fence }): SettleResult =>
        ended.delete(keyOf({ taskId, fence }))
          ? { taskId, result: 'settled', status: 'success' }
          : { taskId, result: 'stale' },
    ),
    released: false,
    nextRunAt: null,
    now,
    parents,
    nextRunAtOf(limits, claim, hasSuspect = false) {
      let next: number | null = null
      for (const { funcName, lane, runAt } of left) {
        if (lane === 2 && (claim.suspects === false || hasSuspect)) continue
        const at = limits === null ? runAt : limits.runAt(funcName, runAt)
        if (at !== null && (next === null || at < next)) next = at
      }
      return next
    },
  }
}

const keyOf = ({ taskId, fence }: OwnedTask) => `${fence} ${taskId}`

function byId(a: OwnedTask, b: OwnedTask): number {
  return a.taskId < b.taskId ? -1 : 1
}
