import type { NewTask } from '@taskflow/core'
import { pairOf } from './insert-columns.ts'

/** What is stored already, as far as a batch is concerned. */
export interface Found {
  /** Whether a task has this id. */
  has(taskId: string): boolean
  /** The task that stands in place of a new one. */
  standing(task: NewTask): string | undefined
}

/** What is to become of one task of a batch. */
export interface Plan {
  task: NewTask
  /** The task that stands in its place. */
  standing?: string
  unknownParent?: string
  /** `dependsOn`, with the tasks that stand. */
  parents: string[]
}

/**
 * Finds out what can be stored before anything is: a flow is refused as a whole, even for its last
 * task. A flow found out that way may be the parent of another, so the look is repeated.
 */
export function planInsert(found: Found, tasks: readonly NewTask[]): Plan[] {
  const refusedFlows = new Map<string, string>()
  for (;;) {
    const known = refusedFlows.size
    const planner = new Planner(found, refusedFlows)
    const plans = tasks.map((task) => planner.plan(task))
    if (refusedFlows.size === known) return plans
  }
}

class Planner {
  readonly #found: Found
  /** Unknown parent of each flow that is refused. */
  readonly #refusedFlows: Map<string, string>
  /** Ids of the batch so far, each with the task that stands. */
  readonly #ids = new Map<string, string>()
  readonly #keys = new Map<string, string>()
  readonly #retries = new Map<string, string>()

  constructor(found: Found, refusedFlows: Map<string, string>) {
    this.#found = found
    this.#refusedFlows = refusedFlows
  }

  plan(task: NewTask): Plan {
    const { taskId, flowId, dependsOn = [] } = task
    const refused = flowId === undefined ? undefined : this.#refusedFlows.get(flowId)
    if (refused !== undefined) return { task, parents: [], unknownParent: refused }
    const standing = this.#standing(task)
    if (standing !== undefined) {
      this.#ids.set(taskId, standing)
      return { task, parents: [], standing }
    }
    const parents = new Set<string>()
    for (const id of dependsOn) {
      const parent = this.#ids.get(id) ?? (this.#found.has(id) ? id : undefined)
      if (parent === undefined) {
        if (flowId !== undefined) this.#refusedFlows.set(flowId, id)
        return { task, parents: [], unknownParent: id }
      }
      parents.add(parent)
    }
    this.#remember(task)
    return { task, parents: [...parents] }
  }

  #standing(task: NewTask): string | undefined {
    const { taskId, funcName, idempotencyKey, retryOf, payload } = task
    const earlier = this.#ids.get(taskId)
    if (earlier !== undefined) return earlier
    if (this.#found.has(taskId)) return taskId
    return (
      this.#found.standing(task) ??
      (idempotencyKey === null ? undefined : this.#keys.get(pairOf(funcName, idempotencyKey))) ??
      (retryOf === null ? undefined : this.#retries.get(pairOf(retryOf, payload)))
    )
  }

  #remember({ taskId, funcName, idempotencyKey, retryOf, payload }: NewTask): void {
    this.#ids.set(taskId, taskId)
    if (idempotencyKey !== null) this.#keys.set(pairOf(funcName, idempotencyKey), taskId)
    if (retryOf !== null) this.#retries.set(pairOf(retryOf, payload), taskId)
  }
}
