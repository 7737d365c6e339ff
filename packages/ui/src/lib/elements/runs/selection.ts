import { isFinal, isRetryable, type TaskJson } from '@taskflow/core/client'

/** What can be done with many runs at once. */
export type BulkAction = 'retry' | 'cancel'
export const BULK_ACTIONS: readonly BulkAction[] = ['retry', 'cancel']

/** Whether a run is in a state for it. */
export function isPossible(action: BulkAction, { status }: TaskJson): boolean {
  return action === 'retry' ? isRetryable(status) : !isFinal(status)
}

/** Which runs are ticked: by id over several pages, or all that match the filter. */
export class Selection {
  /** Everything that matches, whether it was seen or not. */
  allMatching = false
  readonly #tasks = new Map<string, TaskJson>()
  readonly #changed: () => void
  readonly #may: (action: BulkAction) => boolean
  /** The page as shown. */
  page: readonly TaskJson[] = []
  #anchor: string | null = null

  /** `may`: what the reader may do, now; only what is in a state for that is ticked. */
  constructor(may: (action: BulkAction) => boolean, changed: () => void) {
    this.#may = may
    this.#changed = changed
  }

  get size(): number {
    return this.#tasks.size
  }

  get isEmpty(): boolean {
    return this.size === 0 && !this.allMatching
  }

  get ids(): string[] {
    return [...this.#tasks.keys()]
  }

  /** Those of the ticked runs that are in a state for it. */
  idsFor(action: BulkAction): string[] {
    if (!this.#may(action)) return []
    const tasks = [...this.#tasks.values()].filter((task) => isPossible(action, task))
    return tasks.map((task) => task.task_id)
  }

  has(id: string): boolean {
    return this.#tasks.has(id)
  }

  /** Only what can be retried or cancelled can be ticked. */
  canSelect(task: TaskJson): boolean {
    return BULK_ACTIONS.some((action) => this.#may(action) && isPossible(action, task))
  }

  /** Ticks or unticks; with `range` everything from the last one that was. */
  toggle(task: TaskJson | undefined, range = false): void {
    if (!task || (!this.canSelect(task) && !this.has(task.task_id))) return
    const on = !this.has(task.task_id)
    this.allMatching = false
    this.#set(task, on)
    if (range) for (const one of this.#between(task.task_id)) this.#set(one, on)
    this.#anchor = task.task_id
    this.#changed()
  }

  /** Ticks or unticks what can be of the page. */
  setPage(on: boolean): void {
    this.allMatching = false
    for (const task of this.page) this.#set(task, on)
    this.#changed()
  }

  /** Ticks the page; what of it can be is ticked already: everything that matches. */
  selectAll(): void {
    if (this.pageState === 'all') this.selectMatching()
    else this.setPage(true)
  }

  /** Everything that matches the filter. */
  selectMatching(): void {
    this.allMatching = true
    this.#changed()
  }

  /** How much of what can be ticked of the page is. */
  get pageState(): 'none' | 'some' | 'all' | 'impossible' {
    const possible = this.page.filter((task) => this.canSelect(task) || this.has(task.task_id))
    const ticked = possible.filter((task) => this.has(task.task_id)).length
    if (possible.length === 0) return 'impossible'
    return ticked === 0 ? 'none' : ticked === possible.length ? 'all' : 'some'
  }

  /** What was ticked may have ended since: its newest record decides what can be done. */
  refresh(tasks: readonly TaskJson[]): void {
    this.page = tasks
    for (const task of tasks) if (this.has(task.task_id)) this.#tasks.set(task.task_id, task)
  }

  /** False when nothing was ticked. */
  clear(): boolean {
    if (this.isEmpty) return false
    this.#tasks.clear()
    this.allMatching = false
    this.#anchor = null
    this.#changed()
    return true
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
}
