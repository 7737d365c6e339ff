import type { ClaimInput } from '@taskflow/core'
import { READY, SUSPECT } from '../codes.ts'
import { runsOf } from '../ranges.ts'
import type { Session } from '../session.ts'
import { pausedNames } from './functions.ts'
import { Limits } from './limits.ts'

/**
 * The waiting tasks of one kind at one rank, and when the first is due. One index seek finds it, so
 * neither tasks due later nor functions that nobody runs are ever scanned past.
 */
export interface Head {
  kind: number
  func: string
  state: typeof READY | typeof SUSPECT
  rank: number
  firstRunAt: number
}

type Row = [
  id: string,
  kind: number,
  fence: number,
  payload: string,
  attempts: number,
  meta: string | null,
  notes: string | null,
]

/**
 * A claimed task on its way to the thread that asked, where it is made whole; `dueFor` in ms, for a
 * small number is cheaper as text than an instant.
 */
export type ClaimedRow = [...Row, dueFor: number]

/** As it is read, with what it is started by. */
type DueRow = [...Row, runAt: number, seq: number]

/** All heads of the functions that are not paused, highest rank first. */
export function heads(session: Session, funcNames: readonly string[]): Head[] {
  session.kinds.all()
  const paused = pausedNames(session)
  const kinds = [...new Set(funcNames)]
    .filter((name) => !paused.has(name))
    .flatMap((name) => session.kinds.ofFunction(name))
  return kinds.length === 0 ? [] : headsOf(session, kinds)
}

/** All heads of these kinds, highest rank first. */
function headsOf(session: Session, kinds: readonly number[]): Head[] {
  const text = JSON.stringify(kinds)
  const found = STATES.flatMap((state) =>
    (session.rows(HEADS[state]).all(text) as [number, number, number][]).map(
      ([kind, rank, firstRunAt]): Head => ({
        kind,
        func: session.kinds.get(kind).func,
        state,
        rank,
        firstRunAt,
      }),
    ),
  )
  return found.sort((a, b) => b.rank - a.rank)
}

// The state is part of the text: SQLite uses a partial index only if it can read its condition.
const STATES = [READY, SUSPECT] as const
const HEADS = { [READY]: headsText(READY), [SUSPECT]: headsText(SUSPECT) }
const DUE = { [READY]: dueText(READY), [SUSPECT]: dueText(SUSPECT) }

function headsText(state: number): string {
  const top = (kind: string, more: string) =>
    `(select max(live.rank) from {live} as live
      where live.state = ${state} and live.kind = ${kind} ${more})`
  return `with recursive head (kind, rank) as (
      select value, ${top('value', '')} from json_each(?)
      union all
      select kind, ${top('head.kind', 'and live.rank < head.rank')} from head where rank is not null)
    select kind, rank, (select min(live.run_at) from {live} as live
        where live.state = ${state} and live.kind = head.kind and live.rank = head.rank)
      from head where rank is not null`
}

function dueText(state: number): string {
  return `select id, kind, fence + 1, payload, attempts + 1, meta, notes, run_at, seq from {live}
    where state = ${state} and kind = +? and rank = +? and run_at <= +? and (run_at, id) > (+?, +?)
    order by run_at, id limit +?`
}

/** When the first task of these heads is due, limits or not. */
export function firstRunAt(waiting: readonly Head[]): number | null {
  let first: number | null = null
  for (const head of waiting) {
    if (first === null || head.firstRunAt < first) first = head.firstRunAt
  }
  return first
}

/** Claims in the order rank, `runAt`, id, and says when the next task may be claimed. */
export function claim(
  session: Session,
  owner: number | undefined,
  input: ClaimInput,
  now: number,
): { rows: ClaimedRow[]; nextRunAt: number | null } {
  const waiting = heads(session, input.funcNames)
  const limits = new Limits(session, input.limits ?? [], now)
  const taking = new Taking(session, limits, input.suspects ?? true, now)
  if (owner !== undefined) taking.take(waiting, input.limit)
  limits.save()
  const { rows } = taking
  if (owner !== undefined) start(session, owner, rows, now)
  const changed = new Set(rows.map(([, kind]) => kind))
  const left = [
    ...waiting.filter(({ kind }) => !changed.has(kind)),
    ...(changed.size === 0 ? [] : headsOf(session, [...changed])),
  ]
  let nextRunAt: number | null = null
  for (const head of left) {
    if (head.state === SUSPECT && !taking.suspects) continue
    const at = limits.runAt(head)
    if (at !== null && (nextRunAt === null || at < nextRunAt)) nextRunAt = at
  }
  return { rows: rows.map((row) => toClaimedRow(row, now)), nextRunAt }
}

function toClaimedRow(due: DueRow, now: number): ClaimedRow {
  const row = due.slice(0, -1) as ClaimedRow
  row[7] = now - due[7]
  return row
}

/** Which tasks one turn takes. */
class Taking {
  /** As they are once they are started. */
  readonly rows: DueRow[] = []
  suspects: boolean
  readonly #session: Session
  readonly #limits: Limits
  readonly #now: number

  constructor(session: Session, limits: Limits, suspects: boolean, now: number) {
    this.#session = session
    this.#limits = limits
    this.suspects = suspects
    this.#now = now
  }

  take(waiting: readonly Head[], limit: number): void {
    const due = waiting.filter((head) => head.firstRunAt <= this.#now)
    for (let from = 0; from < due.length && this.rows.length < limit; ) {
      let to = from
      while (due[to]?.rank === due[from]?.rank) to += 1
      const queues = due.slice(from, to).map((head) => new Queue(this.#session, head, this.#now))
      this.#merge(queues, limit)
      from = to
    }
  }

  /** Takes from queues of one rank, the first due first. */
  #merge(queues: Queue[], limit: number): void {
    let open = queues.filter((queue) => this.#isOpen(queue.head))
    while (this.rows.length < limit && open.length > 0) {
      const wanted = Math.ceil((limit - this.rows.length) / open.length)
      let best: Queue | undefined
      let first: DueRow | undefined
      for (const queue of open) {
        const next = queue.peek(wanted)
        if (next !== undefined && (first === undefined || isBefore(next, first))) {
          best = queue
          first = next
        }
      }
      if (best === undefined || first === undefined) return
      best.drop()
      this.rows.push(first)
      if (best.head.state === SUSPECT) this.suspects = false
      if (this.#limits.count(best.head.func) || best.head.state === SUSPECT) {
        open = open.filter((queue) => this.#isOpen(queue.head))
      }
    }
  }

  #isOpen(head: Head): boolean {
    return (this.suspects || head.state !== SUSPECT) && this.#limits.freeAt(head.func) === this.#now
  }
}

function isBefore(a: DueRow, b: DueRow): boolean {
  return a[7] < b[7] || (a[7] === b[7] && a[0] < b[0])
}

/** Due tasks of one head, read in parts. */
class Queue {
  readonly head: Head
  readonly #session: Session
  readonly #now: number
  #rows: DueRow[] = []
  #next = 0
  #atEnd = false

  constructor(session: Session, head: Head, now: number) {
    this.head = head
    this.#session = session
    this.#now = now
  }

  peek(wanted: number): DueRow | undefined {
    if (this.#next >= this.#rows.length && !this.#atEnd) this.#load(wanted)
    return this.#rows[this.#next]
  }

  drop(): void {
    this.#next += 1
  }

  #load(wanted: number): void {
    const { kind, rank, state } = this.head
    const last = this.#rows.at(-1)
    const after = [last?.[7] ?? Number.MIN_SAFE_INTEGER, last?.[0] ?? '']
    this.#rows = this.#session
      .rows(DUE[state])
      .all(kind, rank, this.#now, ...after, wanted) as DueRow[]
    this.#next = 0
    this.#atEnd = this.#rows.length < wanted
  }
}

const START = `update {live} set state = 3, owner = @owner, fence = fence + 1, rev = rev + 1,
    attempts = attempts + 1, started_at = @now
  where seq between @first and @last`

function start(session: Session, owner: number, rows: readonly DueRow[], now: number): void {
  const seqs = rows.map((row) => row[8])
  // Tasks that are due together mostly are neighbours.
  for (const [first, last] of runsOf(seqs)) session.sql(START).run({ owner, now, first, last })
  session.changed.push(...seqs)
}
