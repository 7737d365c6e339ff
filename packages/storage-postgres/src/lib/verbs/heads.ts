/** Candidates among tasks that crashed before: one is claimed at most. */
export const SUSPECTS = 8

/** Before any instant. */
export const NEVER = `${-(2n ** 63n)}`

/** Where a suspect waits that is wanted, a calm claim leaves all to one that is not. */
const CALM = (suspects: string) =>
  `(${suspects}::int = 0 or not exists (select 1 from {live} where state = 0 and lane = 2))`

/** Parameters that say from where on ready tasks are looked for, see `Floors`: arrays side by side. */
export interface Known {
  funcs: string
  ranks: string
  floors: string
}

/** `known`: the floors, where there are any. */
export const knownOf = (known: Known | undefined) =>
  known === undefined
    ? ''
    : `known (func, rank, floor) as materialized (
      select * from unnest(${known.funcs}::text[], ${known.ranks}::int[], ${known.floors}::bigint[])),`

/** Functions that are not paused, of rows that name some. */
function active(named: string): string {
  return `${named} as named (func)
        where named.func <> all (array(select func from {functions} where paused_at is not null))`
}

/**
 * The highest rank of a function that has ready tasks, `below` another. Ranks with a floor are taken
 * as they are, so that only what lies between them is looked through.
 */
function topOf(lane: number, func: string, below: string | null, isKnown: boolean): string {
  const limit = (row: string) => (below === null ? '' : `and ${row}.rank < ${below}`)
  const ready = (above: string) => `(select max(l.rank) from {live} as l
          where l.state = 0 and l.lane = ${lane} and l.func = ${func} ${limit('l')} ${above})`
  if (!isKnown) return ready('')
  const known = `(select max(k.rank) from known as k where k.func = ${func} ${limit('k')})`
  return `greatest(${known}, ${ready(`and l.rank > coalesce(${known}, ${-(2n ** 31n) - 1n})`)})`
}

/** A parameter that names one function, or several, as rows. */
export const oneName = (name: string) => `(select ${name}::text)`
export const manyNames = (names: string) => `unnest(${names}::text[])`

/**
 * `head`: the functions that are `named`, with each rank that has ready tasks of theirs. So tasks
 * due later and functions that nobody runs are never scanned past. `suspects` is 1 where tasks that
 * crashed before are wanted too; they are lane 2.
 */
export function ranks(named: string, suspects: string, calm = false, isKnown = false): string {
  const top = (lane: number, func: string, below: string | null) =>
    topOf(lane, func, below, isKnown && lane === 0)
  if (calm) {
    return `head (func, lane, rank) as (
      select named.func, 0, ${top(0, 'named.func', null)} from ${active(named)} and ${CALM(suspects)}
      union all
      select h.func, 0, ${top(0, 'h.func', 'h.rank')} from head as h where h.rank is not null)`
  }
  return `top (func, lane, rank) as (
      select named.func, 0, ${top(0, 'named.func', null)} from ${active(named)}
      union all
      select named.func, 2, ${top(2, 'named.func', null)} from ${active(named)}
        and ${suspects}::int = 1 and exists (select 1 from {live} where state = 0 and lane = 2)),
    head (func, lane, rank) as (
      select func, lane, rank from top
      union all
      select h.func, h.lane, case h.lane
          when 0 then ${top(0, 'h.func', 'h.rank')}
          else ${top(2, 'h.func', 'h.rank')} end
        from head as h where h.rank is not null)`
}

/** Leaves out what lies before the floor of the head `h`. */
export function fromFloor(isKnown: boolean): string {
  if (!isKnown) return ''
  return `and run_at >= coalesce((
            select k.floor from known as k where k.func = h.func and k.rank = h.rank), ${NEVER})`
}

/** For each head of a lane, the first rows of the index in order. */
export function firstOf(lane: number, rows: number, isKnown = false): string {
  return `
      select h.func, h.lane, h.rank, l.at, l.id, l.run_at from head as h cross join lateral (
        select ctid as at, id, run_at from {live}
        where state = 0 and lane = ${lane} and func = h.func and rank = h.rank
          ${fromFloor(isKnown && lane === 0)}
        order by run_at, id limit ${rows}) as l
      where h.lane = ${lane} and h.rank is not null`
}

/** `waiting`: for each function and rank the first `window` ready tasks; `names` is a parameter. */
export function heads(names: string, suspects: string, window: number, isKnown = false): string {
  return `${ranks(manyNames(names), suspects, false, isKnown)},
    waiting as materialized (${firstOf(0, window, isKnown)}
      union all ${firstOf(2, Math.min(window, SUSPECTS))})`
}
