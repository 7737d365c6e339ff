import type { LogEntry, TaskSummary } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'

/** Lines read at once. */
const CHUNK = 500

/** A task whose log may hold lines, none of them newer than `newest`. */
export interface LogSource {
  task: TaskSummary
  newest: number
}

/** A log, read from its end. */
export class OpenLog {
  readonly task: TaskSummary
  /** Number of the line that comes next. */
  n: number
  /** When it was written; never later than the line after it, whatever clocks said. */
  at: number
  readonly #manager: TaskManager
  #entries: LogEntry[]

  constructor(manager: TaskManager, { task, newest }: LogSource, n: number) {
    this.#manager = manager
    this.task = task
    this.n = n
    this.at = newest
    this.#entries = task.logTail.filter((entry) => entry.n <= n)
  }

  get entry(): LogEntry | undefined {
    return this.#entries.at(-1)
  }

  /** Makes sure that the next line is there; false at the beginning of the log. */
  async load(): Promise<boolean> {
    if (this.n < 1) return false
    if (this.entry?.n !== this.n) {
      // Without logs of its own, the storage keeps the newest lines only.
      if (!this.#manager.storage.logs) return false
      const from = Math.max(1, this.n - CHUNK + 1)
      const { taskId } = this.task
      const page = await this.#manager.logs({ taskId, from, limit: this.n - from + 1 })
      this.#entries = page.entries.filter(({ n }) => n <= this.n)
    }
    const { entry } = this
    if (entry) this.at = Math.min(this.at, entry.at)
    return entry !== undefined
  }

  drop(): void {
    this.#entries.pop()
    this.n -= 1
  }
}
