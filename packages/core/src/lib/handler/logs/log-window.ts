import type { LogStream, TaskSummary } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { TaskFilter } from '../../storage/contract.ts'
import { Breather } from '../breather.ts'
import { pagesOf, WINDOW } from '../selection/list-selected.ts'
import type { LogCursor, WindowBound } from './log-cursor.ts'
import type { LogSource } from './open-log.ts'
import { mayHaveThrown, thrownByListed } from './thrown.ts'

/** Lines have the time of the instance that wrote them, tasks that of the storage. */
const CLOCKS_DIFFER_MS = 60_000
/** Tasks read at once: little enough that nothing else waits long. */
const PAGE = 500

/** What bounds a window. */
export interface WindowQuery {
  filter: TaskFilter
  stream: LogStream | undefined
  /** Lines at or after; undefined for all. */
  since: number | undefined
  /** Lines before; undefined for all. */
  until: number | undefined
}

/**
 * The tasks whose logs a page is merged from, by the newest line they may have, newest first: those
 * running or waiting for a retry, and of those that ended the newest 10 000 created before the page's
 * lines were written.
 */
export class LogWindow {
  readonly #manager: TaskManager
  readonly #query: WindowQuery
  readonly #below: WindowBound | null
  readonly #filter: TaskFilter
  /** Of those looked at. */
  #oldest: TaskSummary | null = null
  /** What is left ended before `since`. */
  #isPast = false
  /** More tasks ended than were looked at. */
  isFull = false

  constructor(manager: TaskManager, query: WindowQuery, { last, below }: LogCursor) {
    this.#manager = manager
    this.#query = query
    this.#below = below
    // Lines are not older than their task, so whatever was created since has nothing to show.
    const bounds = [last?.at, query.until].flatMap((at) => at ?? [])
    const untils = bounds.map((at) => at + CLOCKS_DIFFER_MS)
    if (below) untils.push(below.createdBefore)
    const until = untils.length > 0 ? Math.min(...untils) : undefined
    this.#filter = { ...query.filter, until }
  }

  /** Below what the next window lies, once this one is drained; null when there is nothing there. */
  get next(): WindowBound | null {
    if (!this.isFull || this.#isPast) return null
    if (this.#oldest) {
      return { createdBefore: this.#oldest.createdAt + 1, taskId: this.#oldest.taskId }
    }
    // More of one millisecond than a window holds: the rest of them is passed over.
    return this.#below && { ...this.#below, createdBefore: this.#below.createdBefore - 1 }
  }

  async *sources(): AsyncGenerator<LogSource, void, undefined> {
    const { since } = this.#query
    // Those of the newest window are all there are.
    const live = this.#below === null ? await this.#live() : []
    for await (const task of this.#ended()) {
      if (this.#below && task.taskId >= this.#below.taskId) continue
      if (!this.#oldest || task.taskId < this.#oldest.taskId) this.#oldest = task
      if (!this.#speaks(task) || task.endTime === null) continue
      if (task.endTime < (since ?? task.endTime)) {
        this.#isPast = true
        yield* live
        return
      }
      while (live[0] && live[0].newest >= task.endTime) yield live.shift() as LogSource
      yield { task, newest: task.endTime }
    }
    yield* live
  }

  async #live(): Promise<LogSource[]> {
    const live: LogSource[] = []
    for (const part of [{ status: ['running' as const] }, { phase: ['retrying' as const] }]) {
      const filter = { ...this.#filter, ...part }
      for await (const page of pagesOf(this.#manager, { filter, matches: null }, {}, WINDOW)) {
        const tasks = page.filter((task) => this.#speaks(task))
        const threw = this.#query.stream === 'stderr' ? tasks.filter(mayHaveThrown) : []
        const errors = await thrownByListed(this.#manager, threw)
        for (const task of tasks) {
          const thrown = errors.get(task.taskId)
          const ends = [task.logTail.at(-1)?.at ?? 0, thrown?.at(-1)?.at ?? 0]
          live.push({ task, newest: Math.max(...ends), thrown })
        }
      }
    }
    return live.sort((a, b) => b.newest - a.newest)
  }

  /** Has lines, or has thrown where that counts. */
  #speaks(task: TaskSummary): boolean {
    return task.logCount > 0 || (this.#query.stream === 'stderr' && mayHaveThrown(task))
  }

  /** By their end, the last first. */
  async *#ended(): AsyncGenerator<TaskSummary, void, undefined> {
    const status = ['success', 'failed', 'interrupted', 'cancelled'] as const
    const filter = { ...this.#filter, status: [...status] }
    const breather = new Breather()
    for (let cursor: string | undefined; ; ) {
      const page = await this.#manager.list({ filter, sort: 'end_time', limit: PAGE, cursor })
      this.isFull ||= !page.totalExact
      yield* page.tasks
      if (page.next === null) return
      cursor = page.next
      await breather.breathe()
    }
  }
}
