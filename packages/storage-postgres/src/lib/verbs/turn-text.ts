import { KEPT_COLUMNS } from '../rows.ts'
import { NOW, noteChanges } from '../sql.ts'
import { claimMany, claimOne } from './claim.ts'
import { countEnded } from './rollup.ts'

/**
 * What a turn does. A statement has the parts that its turn needs: the server sets all of them up
 * each time, which is most of what a small turn costs.
 */
export interface TurnShape {
  /** How many rows a claim looks through. */
  window: number
  /** Of some functions only so many may be claimed. */
  capped: boolean
  /** Claims of one function, without caps. */
  one: boolean
  /** Claims nothing where a suspect waits that is wanted; the answer says so. */
  calm: boolean
  /** Ends tasks too. */
  settles: boolean
  /** Expects that an id which ends may have ended before. */
  careful: boolean
  /** Looks for ready tasks from floors on. */
  floored: boolean
}

const KEPT = KEPT_COLUMNS.join(', ')
const CLAIMED =
  'id, func, fence, run_at, rank, attempts_made, max_attempts, crashes, log_count, payload, tags, retry_of, meta'

/**
 * `$1` now, `$2` instance, `$3` functions, or the one, `$4` limit, `$5` suspects, then caps and floors,
 * where there are any, and what succeeded and the slot: `settledParameters`.
 *
 * The first row tells of the turn in columns of a claimed task: `fence` how many have ended, `run_at`
 * the clock, `rank` whether suspects wait, `payload` which have ended, unless all and nothing is to be
 * said of them, `tags` cancel requests, `meta` what is left. The others are what was claimed.
 */
export function turnText(shape: TurnShape): string {
  const { window, capped, one, calm, settles, floored } = shape
  const floors = capped ? 8 : 6
  const from = floored ? floors + 3 : floors
  const places = { me: '$2', names: '$3', limit: '$4', suspects: '$5', calm }
  const caps = capped ? { caps: { names: '$6', counts: '$7' } } : {}
  const known = floored
    ? { known: { funcs: `$${floors}`, ranks: `$${floors + 1}`, floors: `$${floors + 2}` } }
    : {}
  const claim = one ? claimOne : claimMany
  const gone = settles ? 'select id from gone union all ' : ''
  return `with recursive ${NOW},
  ${settles ? settleText(from, shape.careful) : ''}
  ${claim({ ...places, ...caps, ...known }, window)},
  ${noteChanges(`${gone}select id from claimed`)}
  select null as id, null as func, ${settles ? 'over.n' : '0'} as fence,
    clock.now as run_at,
    case when exists (select 1 from {live} where state = 0 and lane = 2) then 1 else 0 end as rank,
    0 as attempts_made, 0 as max_attempts, 0 as crashes, 0 as log_count,
    ${settles ? endedText(from) : 'null'} as payload,
    (select json_agg(json_build_array(id, fence))::text from {live}
      where state = 3 and cancel_at is not null and instance = $2) as tags,
    null as retry_of,
    (select json_agg(json_build_array(func, lane, rank, run_at))::text from rest) as meta
    from clock ${settles ? `, ${OVER}` : ''}
  union all select ${CLAIMED} from claimed`
}

function settleText(from: number, careful: boolean): string {
  const [ids, fences, ms, results, lines, counts, slot] = placesFrom(from)
  return `
  -- A look for each id, never a join: planned at a bad moment, a join compares all with all.
  gone as materialized (
    select l.*, clock.now, coalesce(x.ms, 0) as ms, x.result, x.lines, coalesce(x.line_count, 0) as line_count
    from clock, unnest(${ids}::text[], ${fences}::int[], ${ms}::bigint[], ${results}::text[],
      ${lines}::text[], ${counts}::int[]) as x (id, fence, ms, result, lines, line_count)
    cross join lateral (
      select ${KEPT}, claimed_at, fence, rev, attempts_made, crashes, log_count, log_chunked,
        log_tail, instance
      from {live}
      where id = x.id and state = 3 and instance = $2 and fence = x.fence for update) as l),
  deleted as (delete from {live} where id = any (array(select id from gone))),
  ended as (
    insert into {done} (${KEPT}, claimed_at, started_at, ended_at, state, fence, rev, attempts_made,
      crashes, attempt, outcome, log_count, log_chunked, log_tail, instance, result)
    select ${KEPT}, claimed_at, greatest(now - ms, claimed_at), now, 10, fence, rev + 1,
      attempts_made, crashes, greatest(attempts_made - 1, 0), 'success', log_count + line_count,
      log_chunked,
      -- A JSON array behind another: readers take the last lines of it.
      case when lines is null then log_tail when log_tail is null or log_tail = '[]' then lines
        else left(log_tail, -1) || ',' || substr(lines, 2) end,
      instance, result
    from gone ${careful ? 'on conflict (id) do nothing' : ''}),
  -- Their children are released by a statement that sees them; if it does not come, by a sweep.
  left_behind as (
    insert into {released} (parent) select id from gone where has_children = 1
    on conflict (parent) do nothing),
  ${countEnded('(select func, 10 as state, greatest(now - ms, claimed_at) as started_at, now as ended_at from gone) as g', `${slot}::smallint`)},`
}

/** How many have ended, and whether others depend on any of them. */
const OVER =
  '(select count(*)::int as n, coalesce(max(has_children), 0) as parents from gone) as over'

/** Nearly always all there is to say is that every one has ended. */
const endedText = (from: number) =>
  `case when over.parents = 1 or over.n < cardinality($${from}::text[]) then (
      select json_agg(json_build_array(id, fence, has_children))::text from gone
      where has_children = 1 or over.n < cardinality($${from}::text[])) end`

const placesFrom = (from: number) => [0, 1, 2, 3, 4, 5, 6].map((n) => `$${from + n}`)
