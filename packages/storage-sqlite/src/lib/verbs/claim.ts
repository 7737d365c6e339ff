import type { ClaimedTask } from '@taskflow/core'
import { toTags } from '../rows.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'

/**
 * The ready tasks of one function at one rank, and when the first is due. One index seek finds it,
 * so neither tasks due later nor functions that nobody runs are ever scanned past.
 */
export interface Head {
  func: string
  rank: number
  firstRunAt: number | null
}

interface Candidate {
  seq: number
  run_at: number
  id: string
}

/** All heads of these functions, highest rank first. */
export function heads(store: Store, funcNames: string[]): Head[] {
  if (funcNames.length === 0) return []
  return store
    .sql(`with recursive head (func, rank) as (
        select names.value, (select max(rank) from {live} where state = 0 and func = names.value)
          from (select distinct value from json_each(?)) as names
        union all
        select head.func, (select max(live.rank) from {live} as live
            where live.state = 0 and live.func = head.func and live.rank < head.rank)
          from head where head.rank is not null)
      select func, rank, (select min(live.run_at) from {live} as live
          where live.state = 0 and live.func = head.func and live.rank = head.rank) as firstRunAt
        from head where rank is not null order by rank desc`)
    .all(JSON.stringify(funcNames)) as Head[]
}

export function nextRunAt(waiting: Head[]): number | null {
  let next: number | null = null
  for (const { firstRunAt } of waiting) {
    if (firstRunAt !== null && (next === null || firstRunAt < next)) next = firstRunAt
  }
  return next
}

/** Claims in the order rank, `runAt`, id, and brings the heads it took from up to date. */
export function claim(
  store: Store,
  instanceId: string,
  waiting: Head[],
  limit: number,
  now: number,
): ClaimedTask[] {
  const taken: Candidate[] = []
  const due = waiting.filter((head) => head.firstRunAt !== null && head.firstRunAt <= now)
  for (let from = 0; from < due.length && taken.length < limit; ) {
    const rank = due[from]?.rank
    let to = from
    while (due[to]?.rank === rank) to += 1
    const queues = due.slice(from, to).map((head) => new Queue(store, head, now))
    merge(queues, limit, taken)
    from = to
  }
  const claimed = taken.map(({ seq }) => start(store, instanceId, seq, now))
  for (const head of due) {
    const row = store
      .sql('select min(run_at) as first from {live} where state = 0 and func = ? and rank = ?')
      .get(head.func, head.rank) as { first: number | null }
    head.firstRunAt = row.first
  }
  return claimed
}

function merge(queues: Queue[], limit: number, taken: Candidate[]): void {
  while (taken.length < limit) {
    const wanted = Math.ceil((limit - taken.length) / queues.length) + 8
    let best: Queue | undefined
    let first: Candidate | undefined
    for (const queue of queues) {
      const next = queue.peek(wanted)
      if (next !== undefined && (first === undefined || isBefore(next, first))) {
        best = queue
        first = next
      }
    }
    if (best === undefined || first === undefined) return
    best.drop()
    taken.push(first)
  }
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.run_at < b.run_at || (a.run_at === b.run_at && a.id < b.id)
}

/** Due tasks of one head, read in parts. */
class Queue {
  readonly #store: Store
  readonly #head: Head
  readonly #now: number
  #rows: Candidate[] = []
  #next = 0
  #last = { run_at: Number.MIN_SAFE_INTEGER, id: '' }
  #atEnd = false

  constructor(store: Store, head: Head, now: number) {
    this.#store = store
    this.#head = head
    this.#now = now
  }

  peek(wanted: number): Candidate | undefined {
    if (this.#next >= this.#rows.length && !this.#atEnd) this.#load(wanted)
    return this.#rows[this.#next]
  }

  drop(): void {
    this.#next += 1
  }

  #load(wanted: number): void {
    this.#rows = this.#store
      .sql(`select seq, run_at, id from {live} where state = 0 and func = ? and rank = ?
        and run_at <= ? and (run_at, id) > (?, ?) order by run_at, id limit ?`)
      .all(
        this.#head.func,
        this.#head.rank,
        this.#now,
        this.#last.run_at,
        this.#last.id,
        wanted,
      ) as Candidate[]
    this.#next = 0
    this.#atEnd = this.#rows.length < wanted
    this.#last = this.#rows.at(-1) ?? this.#last
  }
}

interface StartedRow {
  id: string
  func: string
  fence: number
  payload: string
  tags: string | null
  attempts_made: number
  max_attempts: number
  crashes: number
  log_count: number
}

function start(store: Store, instanceId: string, seq: number, now: number): ClaimedTask {
  const row = store
    .sql(`update {live} set state = 3, instance = ?, fence = fence + 1, rev = rev + 1,
        attempts_made = attempts_made + 1, claimed_at = ?, started_at = ?, progress = null
      where seq = ? and state = 0
      returning id, func, fence, payload, tags, attempts_made, max_attempts, crashes, log_count`)
    .get(instanceId, now, now, seq) as StartedRow
  store.changed.add(row.id)
  return {
    taskId: row.id,
    funcName: row.func,
    fence: row.fence,
    payload: fromText(row.payload),
    tags: toTags(row.tags),
    attemptsMade: row.attempts_made,
    maxAttempts: row.max_attempts,
    crashes: row.crashes,
    logCount: row.log_count,
  }
}
