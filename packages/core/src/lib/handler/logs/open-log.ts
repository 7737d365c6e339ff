import type { LogEntry, TaskSummary } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'

/** Lines read at once. */
const CHUNK = 500

/** A task whose log may hold lines, none of them newer than `newest`. */
export interface LogSource {
  task: TaskSummary
  newest: number
  /** What its attempts threw, in order; undefined where that was not looked up. */
  thrown?: readonly LogEntry[] | undefined
}

/** A log, with what attempts threw between its lines, read from its end. */
export class OpenLog {
  readonly task: TaskSummary
  /** When it was written; never later than the line after it, whatever clocks said. */
  at: number
  readonly #manager: TaskManager
  /** Number of the next line. */
  #line: number
  #entries: LogEntry[]
  readonly #thrown: LogEntry[]

  /** @param place what `place` was when it was read before. [its end] */
  constructor(manager: TaskManager, source: LogSource, place = Number.POSITIVE_INFINITY) {
    const { task, newest, thrown = [] } = source
    this.#manager = manager
    this.task = task
    this.at = newest
    this.#line = Math.min(task.logCount, Math.floor(place))
    this.#entries = task.logTail.filter(({ n }) => n <= this.#line)
    this.#thrown = thrown.filter(({ n }) => n <= place)
  }

  /** Number of what comes next. */
  get place(): number {
    return this.#error?.n ?? this.#line
  }

  get entry(): LogEntry | undefined {
    return this.#error ?? this.#entries.at(-1)
  }

  /** Makes sure that what comes next is there; false at the beginning of the log. */
  async load(): Promise<boolean> {
    if (!this.#error && !(await this.#loadLine())) return false
    const { entry } = this
    if (entry) this.at = Math.min(this.at, entry.at)
    return entry !== undefined
  }

  drop(): void {
    if (this.#error) {
      this.#thrown.pop()
    } else {
      this.#entries.pop()
      this.#line -= 1
    }
  }

  /** What was thrown after the next line. */
  get #error(): LogEntry | undefined {
    const error = this.#thrown.at(-1)
    return error && error.n > this.#line ? error : undefined
  }

  async #loadLine(): Promise<boolean> {
    const line = this.#line
    if (line < 1) return false
    if (this.#entries.at(-1)?.n === line) return true
    // Without logs of its own, the storage keeps the newest lines only.
    if (!this.#manager.storage.logs) return false
    const from = Math.max(1, line - CHUNK + 1)
    const { taskId } = this.task
    const page = await this.#manager.logs({ taskId, from, limit: line - from + 1 })
    this.#entries = page.entries.filter(({ n }) => n <= line)
    return this.#entries.length > 0
  }
}
