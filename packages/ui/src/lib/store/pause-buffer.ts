import type { MetricsJson, TaskJson } from '@taskflow/core/client'

/** More than this is not kept: on resume the pages are read again instead. */
const LIMIT = 2000

/** What arrived while the dashboard was paused. */
export class PauseBuffer {
  metrics: MetricsJson | null = null
  /** Runs created since the pause began: the number on the button. */
  newRuns = 0
  /** True when something was dropped, or the server said that it dropped something. */
  incomplete = false
  readonly #tasks = new Map<string, TaskJson>()
  readonly #removed = new Set<string>()
  /** Creation time of the newest run that was already shown; empty while nothing was. */
  newestSeen: string

  constructor(newestSeen: string) {
    this.newestSeen = newestSeen
  }

  add(task: TaskJson): void {
    const known = this.#tasks.get(task.task_id)
    if (known && known.rev >= task.rev) return
    if (!known && task.created_at > this.newestSeen) this.newRuns += 1
    if (!known && this.#tasks.size >= LIMIT) this.incomplete = true
    else this.#tasks.set(task.task_id, task)
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      this.#tasks.delete(id)
      this.#removed.add(id)
    }
  }

  get tasks(): readonly TaskJson[] {
    return [...this.#tasks.values()]
  }

  get removed(): ReadonlySet<string> {
    return this.#removed
  }
}
