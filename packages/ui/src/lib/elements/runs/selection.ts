import { isFinal, isRetryable, type TaskJson } from '@taskflow/core/client'

/** Which runs are ticked: by id over several pages, or all that match the filter. */
export class Selection {
  /** Everything that matches, whether it was seen or not. */
  allMatching = false
  readonly #tasks = new Map<string, TaskJson>()
  readonly #changed: () => void
  readonly #rights: { retry: boolean; cancel: boolean }
  /** The page as shown, for ranges. */
  page: readonly TaskJson[] = []
  #anchor: string | null = null

  constructor(rights: { retry: boolean; cancel: boolean }, changed: () => void) {
    this.#rights = rights
    this.#changed = changed
  }

  get size(): number {
    return this.#tasks.size
  }

  get ids(): string[] {
    return [...this.#tasks.keys()]
  }

  get retryable(): string[] {
    return this.#idsOf((task) => this.#rights.retry && isRetryable(task.status))
  }

  get cancellable(): string[] {
    return this.#idsOf((task) => this.#rights.cancel && !isFinal(task.status))
  }

  has(id: string): boolean {
    return this.#tasks.has(id)
  }

  /** Only what can be retried or cancelled can be ticked. */
  canSelect({ status }: TaskJson): boolean {
    return (this.#rights.retry && isRetryable(status)) || (this.#rights.cancel && !isFinal(status))
  }

  /** Ticks or unticks; with `range` everything from the last one that was. */
  toggle(task: TaskJson, range = false): void {
    if (!this.canSelect(task) && !this.has(task.task_id)) return
    const on = !this.has(task.task_id)
    this.allMatching = false
    this.#set(task, on)
    if (range) for (const one of this.#between(task.task_id)) this.#set(one, on)
    this.#anchor = task.task_id
    this.#changed()
  }

  /** Ticks or unticks what can be of these. */
  setAll(tasks: readonly TaskJson[], on: boolean): void {
    this.allMatching = false
    for (const task of tasks) this.#set(task, on)
    this.#changed()
  }

  /** How much of what can be ticked is. */
  stateOf(tasks: readonly TaskJson[]): 'none' | 'some' | 'all' | 'impossible' {
    const possible = tasks.filter((task) => this.canSelect(task) || this.has(task.task_id))
    const ticked = possible.filter((task) => this.has(task.task_id)).length
    if (possible.length === 0) return 'impossible'
    return ticked === 0 ? 'none' : ticked === possible.length ? 'all' : 'some'
  }

  /** What was ticked may have ended since: its newest record decides what can be done. */
  refresh(tasks: readonly TaskJson[]): void {
    this.page = tasks
    for (const task of tasks) if (this.has(task.task_id)) this.#tasks.set(task.task_id, task)
  }

  clear(): void {
    if (this.size === 0 && !this.allMatching) return
    this.#tasks.clear()
    this.allMatching = false
    this.#anchor = null
    this.#changed()
  }

  #set(task: TaskJson, on: boolean): void {
    if (!on) this.#tasks.delete(task.task_id)
    else if (this.canSelect(task)) this.#tasks.set(task.task_id, task)
  }

  #between(id: string): readonly TaskJson[] {
    const from = this.page.findIndex((task) => task.task_id === this.#anchor)
    const to = this.page.findIndex((task) => task.task_id === id)
    if (from < 0 || to < 0) return []
    return this.page.slice(Math.min(from, to), Math.max(from, to) + 1)
  }

  #idsOf(wanted: (task: TaskJson) => boolean): string[] {
    return [...this.#tasks.values()].filter(wanted).map((task) => task.task_id)
  }
}
