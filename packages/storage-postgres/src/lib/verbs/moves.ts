import { numbers, texts } from '../arrays.ts'
import { READY } from '../codes.ts'
import type { Chunk, LogColumns } from '../log-lines.ts'
import { type Big, KEPT_COLUMNS, numberOf } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { freeKeys } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'
import { countEnded } from './rollup.ts'

/** A live task that this transaction has locked, as far as a change of state needs it. */
export interface LiveTask extends LogColumns {
  id: string
  func: string
  state: number
  fence: number
  requeue: number
  has_children: number
  attempts_made: number
  crashes: number
  run_at: number
  claimed_at: number | null
  started_at: number | null
  cancel_at: number | null
  instance: string | null
  error: string | null
  stacktrace: string | null
}

interface LiveRow extends Omit<LiveTask, 'run_at' | 'claimed_at' | 'started_at' | 'cancel_at'> {
  run_at: Big
  claimed_at: Big | null
  started_at: Big | null
  cancel_at: Big | null
}

export const LIVE_COLUMNS =
  'id, func, state, fence, requeue, has_children, attempts_made, crashes, run_at, claimed_at, started_at, cancel_at, instance, log_count, log_chunked, log_tail, error, stacktrace'

const LOCK = `select l.* from unnest($1::text[]) with ordinality as x (id, n)
  cross join lateral (select ${LIVE_COLUMNS} from {live} where id = x.id for update) as l
  order by x.n`

/** Locks live tasks, in the order of their ids, so that nobody waits for each other. */
export async function lockLive(runner: Runner, taskIds: string[]): Promise<Map<string, LiveTask>> {
  const ids = [...new Set(taskIds)].sort()
  const rows = await runner.run<LiveRow>(LOCK, [texts(ids)])
  return new Map(rows.map((row) => [fromText(row.id), toLive(row)]))
}

export function toLive(row: LiveRow): LiveTask {
  return {
    ...row,
    id: fromText(row.id),
    func: fromText(row.func),
    instance: fromText(row.instance),
    error: fromText(row.error),
    stacktrace: fromText(row.stacktrace),
    run_at: numberOf(row.run_at),
    claimed_at: numberOf(row.claimed_at),
    started_at: numberOf(row.started_at),
    cancel_at: numberOf(row.cancel_at),
  }
}

/** The start that ended a task or went back to pending. */
export interface EndedStart {
  /** Zero-based. */
  attempt: number
  outcome: string
}

interface Ending {
  task: LiveTask
  state: number
  endedAt: number
  start: EndedStart | null
  result: string | null
  /** Another than its owner ended it. */
  taken: boolean
}

interface Attempt extends EndedStart {
  task: LiveTask
  fence: number
  endedAt: number
  taken: boolean
  error: string | null
  stacktrace: string | null
}

const KEPT = KEPT_COLUMNS.join(', ')
const ENDED = `${KEPT}, rev, state, fence, attempts_made, crashes, claimed_at, started_at, ended_at,
  attempt, outcome, log_count, log_chunked, log_tail, instance, error, stacktrace, result, taken`

// The rows are locked, so what is looked up here stays where it is. Each is looked up by itself: a
// join, planned while there was little, would compare all with all.
const END = `with gone as materialized (
    select l.*, x.* from unnest($1::text[], $2::smallint[], $3::int[], $4::int[], $5::int[],
      $6::bigint[], $7::bigint[], $8::bigint[], $9::int[], $10::text[], $11::int[], $12::int[],
      $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::smallint[])
    as x (task_id, state, fence, attempts_made, crashes, claimed_at, started_at, ended_at, attempt,
      outcome, log_count, log_chunked, log_tail, instance, error, stacktrace, result, taken)
    cross join lateral (
      select ${KEPT}, rev + 1 as rev from {live} where id = x.task_id for update) as l),
  deleted as (delete from {live} where id = any (array(select id from gone))),
  ended as (
    insert into {done} (${ENDED})
    select ${ENDED} from gone
    -- An id that was stored anew while it ended must not keep a turn from being settled.
    on conflict (id) do nothing),
  ${freeKeys('gone', 'r.state <> 10')},
  ${countEnded('gone', '$19::smallint')}
  select count(*)::int as n from gone`

const PUT_BACK = `with x as materialized (
    select x.*, l.at from unnest($1::text[], $2::bigint[], $3::int[], $4::int[], $5::int[],
      $6::bigint[], $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::text[])
    as x (id, run_at, fence, attempts_made, crashes, started_at, instance, error, stacktrace,
      log_count, log_chunked, log_tail)
    cross join lateral (select ctid as at from {live} where id = x.id for update) as l)
  update {live} as l set state = 0, claimed_at = null, progress = null,
    run_at = x.run_at, fence = x.fence, attempts_made = x.attempts_made, crashes = x.crashes,
    started_at = x.started_at, instance = x.instance, error = x.error, stacktrace = x.stacktrace,
    log_count = x.log_count, log_chunked = x.log_chunked, log_tail = x.log_tail, rev = l.rev + 1,
    -- Who took a process down is claimed apart from the others.
    lane = case when x.crashes > 0 then 2 else 0 end
  from x where l.ctid = x.at`

const ADD_ATTEMPTS = `insert into {attempts} (task_id, fence, attempt, claimed_at, started_at,
    ended_at, outcome, instance, error, stacktrace, taken)
  select * from unnest($1::text[], $2::int[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::text[], $8::text[], $9::text[], $10::text[], $11::smallint[])`

const ADD_CHUNKS = `insert into {logs} (task_id, first, entries)
  select * from unnest($1::text[], $2::int[], $3::text[])`

/**
 * What a transaction decided about tasks it has locked. `write` writes it all but for what becomes of
 * children: see `writeAll`.
 */
export class Moves {
  readonly #endings: Ending[] = []
  readonly #backs: LiveTask[] = []
  readonly #attempts: Attempt[] = []
  readonly #chunks: { taskId: string; chunk: Chunk }[] = []
  readonly #changed = new Set<string>()

  /** Moves a task to its final state; `task` holds the values to store. */
  end(
    task: LiveTask,
    ending: Pick<Ending, 'state' | 'endedAt' | 'start'> & Partial<Pick<Ending, 'result' | 'taken'>>,
  ): void {
    this.#endings.push({ task, result: null, taken: false, ...ending })
    this.#changed.add(task.id)
  }

  /** Takes a task back to pending; `task` holds the values to store. */
  putBack(task: LiveTask): void {
    this.#backs.push({ ...task, state: READY })
    this.#changed.add(task.id)
  }

  /** Writes down a start whose task goes back to pending; `fence` is the one it was claimed at. */
  recordStart(attempt: Attempt): void {
    this.#attempts.push(attempt)
  }

  addChunks(taskId: string, chunks: Chunk[]): void {
    for (const chunk of chunks) this.#chunks.push({ taskId, chunk })
  }

  /** Tells the feed of a task that is written elsewhere. */
  note(taskId: string): void {
    this.#changed.add(taskId)
  }

  /** Ended tasks that others depend on. */
  get parents(): { id: string; state: number }[] {
    return this.#endings
      .filter(({ task }) => task.has_children === 1)
      .map(({ task, state }) => ({ id: task.id, state }))
  }

  async write(store: Store, runner: Runner): Promise<void> {
    // Sent at once: they are answered in order.
    const written: Promise<unknown>[] = []
    if (this.#endings.length > 0) written.push(this.#end(store, runner))
    if (this.#backs.length > 0) written.push(this.#putBack(runner))
    if (this.#attempts.length > 0) written.push(this.#addAttempts(runner))
    if (this.#chunks.length > 0) {
      const parameters = [
        texts(this.#chunks.map(({ taskId }) => taskId)),
        numbers(this.#chunks.map(({ chunk }) => chunk.first)),
        texts(this.#chunks.map(({ chunk }) => chunk.entries)),
      ]
      written.push(runner.run(ADD_CHUNKS, parameters))
    }
    if (this.#changed.size > 0) {
      const ids = texts([...this.#changed])
      written.push(runner.run('insert into {changes} (ids) values ($1::text[])', [ids]))
    }
    await Promise.all(written)
  }

  #end(store: Store, runner: Runner): Promise<unknown> {
    const all = this.#endings
    const tasks = all.map(({ task }) => task)
    return runner.run(END, [
      texts(tasks.map(({ id }) => id)),
      numbers(all.map(({ state }) => state)),
      numbers(tasks.map(({ fence }) => fence)),
      numbers(tasks.map(({ attempts_made }) => attempts_made)),
      numbers(tasks.map(({ crashes }) => crashes)),
      numbers(all.map(({ task, start }) => (start === null ? null : task.claimed_at))),
      numbers(tasks.map(({ started_at }) => started_at)),
      numbers(all.map(({ endedAt }) => endedAt)),
      numbers(all.map(({ start }) => start?.attempt)),
      texts(all.map(({ start }) => start?.outcome)),
      numbers(tasks.map(({ log_count }) => log_count)),
      numbers(tasks.map(({ log_chunked }) => log_chunked)),
      texts(tasks.map(({ log_tail }) => log_tail)),
      texts(tasks.map(({ instance }) => instance)),
      texts(tasks.map(({ error }) => error)),
      texts(tasks.map(({ stacktrace }) => stacktrace)),
      texts(all.map(({ result }) => result)),
      numbers(all.map(({ taken }) => (taken ? 1 : 0))),
      store.nextSlot(),
    ])
  }

  #putBack(runner: Runner): Promise<unknown> {
    const tasks = this.#backs
    return runner.run(PUT_BACK, [
      texts(tasks.map(({ id }) => id)),
      numbers(tasks.map(({ run_at }) => run_at)),
      numbers(tasks.map(({ fence }) => fence)),
      numbers(tasks.map(({ attempts_made }) => attempts_made)),
      numbers(tasks.map(({ crashes }) => crashes)),
      numbers(tasks.map(({ started_at }) => started_at)),
      texts(tasks.map(({ instance }) => instance)),
      texts(tasks.map(({ error }) => error)),
      texts(tasks.map(({ stacktrace }) => stacktrace)),
      numbers(tasks.map(({ log_count }) => log_count)),
      numbers(tasks.map(({ log_chunked }) => log_chunked)),
      texts(tasks.map(({ log_tail }) => log_tail)),
    ])
  }

  #addAttempts(runner: Runner): Promise<unknown> {
    const all = this.#attempts
    return runner.run(ADD_ATTEMPTS, [
      texts(all.map(({ task }) => task.id)),
      numbers(all.map(({ fence }) => fence)),
      numbers(all.map(({ attempt }) => attempt)),
      numbers(all.map(({ task, endedAt }) => task.claimed_at ?? endedAt)),
      numbers(all.map(({ task, endedAt }) => task.started_at ?? endedAt)),
      numbers(all.map(({ endedAt }) => endedAt)),
      texts(all.map(({ outcome }) => outcome)),
      texts(all.map(({ task }) => task.instance)),
      texts(all.map(({ error }) => error)),
      texts(all.map(({ stacktrace }) => stacktrace)),
      numbers(all.map(({ taken }) => (taken ? 1 : 0))),
    ])
  }
}
