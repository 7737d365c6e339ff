import type { LogEntry, LogLevel, LogPage, LogQuery, LogStorage, LogStream } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { RUNNING } from '../codes.ts'
import { addLines, decodeLines, type LogColumns, looseLines } from '../log-lines.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../store.ts'
import { toText } from '../text.ts'
import { lockLive, Moves } from './moves.ts'

type AppendInput = Parameters<LogStorage['append']>[0]
type AppendResult = Awaited<ReturnType<LogStorage['append']>>

const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error']
/** Chunks read at a time, of at most 500 lines and about 64 KiB. */
const CHUNKS = 16

const WRITE = `with x as materialized (
    select x.*, l.at from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[])
      as x (id, log_count, log_chunked, log_tail, progress)
    cross join lateral (select ctid as at from {live} where id = x.id for update) as l)
  update {live} as l set log_count = x.log_count, log_chunked = x.log_chunked,
    log_tail = x.log_tail, progress = coalesce(x.progress, l.progress), rev = l.rev + 1
  from x where l.ctid = x.at`

/** Appends to running tasks that still are at their fence. */
export function append(store: Store, input: AppendInput): Promise<AppendResult> {
  return store.transaction(async (runner) => {
    const tasks = await lockLive(
      runner,
      input.batches.map(({ taskId }) => taskId),
    )
    const moves = new Moves()
    const written = new Map<string, LogColumns & { progress: string | null }>()
    const results = input.batches.map(
      ({ taskId, fence, entries, progress }): AppendResult[number] => {
        const task = tasks.get(taskId)
        const mine = task?.instance === input.instanceId && task.fence === fence
        if (task?.state !== RUNNING || !mine) return { taskId, result: 'stale' }
        if (entries.length === 0 && progress === undefined) return { taskId, result: 'appended' }
        const { columns, chunks } = addLines(task, entries)
        Object.assign(task, columns)
        moves.addChunks(taskId, chunks)
        moves.note(taskId)
        const before = written.get(taskId)?.progress ?? null
        const newest = progress === undefined ? before : JSON.stringify(progress)
        written.set(taskId, { ...columns, progress: newest })
        return { taskId, result: 'appended' }
      },
    )
    if (written.size === 0) return results
    const rows = [...written.values()]
    await Promise.all([
      runner.run(WRITE, [
        texts([...written.keys()]),
        numbers(rows.map(({ log_count }) => log_count)),
        numbers(rows.map(({ log_chunked }) => log_chunked)),
        texts(rows.map(({ log_tail }) => log_tail)),
        texts(rows.map(({ progress }) => progress)),
      ]),
      moves.write(store, runner),
    ])
    return results
  })
}

export function readLogs(store: Store, input: LogQuery): Promise<LogPage> {
  const { taskId, limit, stream, level, search } = input
  const from = input.from ?? 1
  return store.look(async (runner) => {
    const page: LogPage = { entries: [], total: 0, next: null }
    const [task] = await runner.run<LogColumns>(
      `select log_count, log_chunked, log_tail from {live} where id = $1
        union all select log_count, log_chunked, log_tail from {done} where id = $1`,
      [toText(taskId)],
    )
    if (task === undefined) return page
    const everything = stream === undefined && level === undefined && search === undefined
    const needle = search?.toLowerCase()
    const lowest = level === undefined ? 0 : LEVELS.indexOf(level)
    for await (const entry of lines(runner, taskId, task, everything ? from : 1)) {
      if (stream !== undefined && !isOn(stream, entry)) continue
      if (LEVELS.indexOf(entry.level) < lowest) continue
      if (needle !== undefined && !entry.text.toLowerCase().includes(needle)) continue
      page.total += 1
      if (entry.n < from) continue
      if (page.entries.length < limit) page.entries.push(entry)
      else page.next ??= entry.n
      if (everything && page.next !== null) break
    }
    if (everything) page.total = task.log_count
    return page
  })
}

/** Lines of `taskLog` stand where a process would have printed them, too. */
function isOn(stream: LogStream, entry: LogEntry): boolean {
  if (entry.stream !== 'log') return entry.stream === stream
  return stream === 'log' || stream === (entry.level === 'error' ? 'stderr' : 'stdout')
}

/** The lines in order, beginning at `from` or a little before. */
async function* lines(
  runner: Runner,
  taskId: string,
  task: LogColumns,
  from: number,
): AsyncGenerator<LogEntry, void, undefined> {
  let next = from
  while (next <= task.log_chunked) {
    const chunks = await runner.run<{ first: number; entries: string }>(
      `select first, entries from {logs} where task_id = $1 and first <= $3 and first >= coalesce(
        (select max(first) from {logs} where task_id = $1 and first <= $2), 0)
        order by first limit ${CHUNKS}`,
      [toText(taskId), next, task.log_chunked],
    )
    const before = next
    for (const { first, entries } of chunks) {
      const decoded = decodeLines(entries, first)
      next = first + decoded.length
      yield* decoded
    }
    // Pruned at this moment.
    if (next === before) return
  }
  yield* looseLines(task)
}
