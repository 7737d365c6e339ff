import type { InsertResult, NewTask } from '../contract.ts'
import { newRow, type Row } from './row.ts'
import { keyOf, type TaskTable } from './task-table.ts'

/** Stores what is new of a batch; every row that changed goes into `touched`. */
export function insertTasks(
  table: TaskTable,
  tasks: readonly NewTask[],
  now: number,
  touched: Set<Row>,
): InsertResult[] {
  return planInsert(table, tasks).map(({ task, standing, unknownParent, parents }) => {
    if (unknownParent !== undefined) {
      return { taskId: task.taskId, duplicate: false, unknownParent }
    }
    if (standing !== undefined) return { taskId: standing, duplicate: true }
    table.add(newRow(task, parents, now), now, touched)
    return { taskId: task.taskId, duplicate: false }
  })
}

/** What is to become of one task of a batch. */
interface Plan {
  task: NewTask
  /** The task that stands in its place. */
  standing?: string
  unknownParent?: string
  /** `dependsOn`, with the tasks that stand. */
  parents: readonly string[]
}

const NONE: readonly string[] = []

/**
 * Finds out what can be stored before anything is: a flow is refused as a whole, even for its last
 * task. A flow found out that way may be the parent of another, so the look is repeated.
 */
function planInsert(table: TaskTable, tasks: readonly NewTask[]): Plan[] {
  const refusedFlows = new Map<string, string>()
  for (;;) {
    const known = refusedFlows.size
    const plans = new Planner(table, refusedFlows).plan(tasks)
    if (refusedFlows.size === known) return plans
  }
}

class Planner {
  readonly #table: TaskTable
  /** Unknown parent of each flow that is refused. */
  readonly #refusedFlows: Map<string, string>
  /** Ids of the batch so far, each with the task that stands. */
  readonly #ids = new Map<string, string>()
  readonly #keys = new Map<string, string>()
  readonly #retries = new Map<string, string>()

  constructor(table: TaskTable, refusedFlows: Map<string, string>) {
    this.#table = table
    this.#refusedFlows = refusedFlows
  }

  plan(tasks: readonly NewTask[]): Plan[] {
    return tasks.map((task) => this.#planOne(task))
  }

  #planOne(task: NewTask): Plan {
    const { taskId, flowId, dependsOn = NONE } = task
    const refused = flowId === undefined ? undefined : this.#refusedFlows.get(flowId)
    if (refused !== undefined) return { task, parents: NONE, unknownParent: refused }
    const standing = this.#standing(task)
    if (standing !== undefined) {
      this.#ids.set(taskId, standing)
      return { task, parents: NONE, standing }
    }
    if (dependsOn.length === 0) {
      this.#remember(task)
      return { task, parents: NONE }
    }
    const parents = new Set<string>()
    for (const id of dependsOn) {
      const parent = this.#ids.get(id) ?? this.#table.get(id)?.taskId
      if (parent === undefined) {
        if (flowId !== undefined) this.#refusedFlows.set(flowId, id)
        return { task, parents: NONE, unknownParent: id }
      }
      parents.add(parent)
    }
    this.#remember(task)
    return { task, parents: [...parents] }
  }

  #standing(task: NewTask): string | undefined {
    return (
      this.#ids.get(task.taskId) ??
      this.#table.standing(task)?.taskId ??
      (task.idempotencyKey === null
        ? undefined
        : this.#keys.get(keyOf(task.funcName, task.idempotencyKey))) ??
      (task.retryOf === null ? undefined : this.#retries.get(keyOf(task.retryOf, task.payload)))
    )
  }

  #remember({ taskId, funcName, idempotencyKey, retryOf, payload }: NewTask): void {
    this.#ids.set(taskId, taskId)
    if (idempotencyKey !== null) this.#keys.set(keyOf(funcName, idempotencyKey), taskId)
    if (retryOf !== null) this.#retries.set(keyOf(retryOf, payload), taskId)
  }
}
