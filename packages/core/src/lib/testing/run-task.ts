import { encodeJson, encodePayload } from '../json.ts'
import type { LogEntry, TaskProgress } from '../record.ts'
import { standaloneContext, type TaskContext, withContext } from '../run/context.ts'
import type { Task } from '../run/define-task.ts'
import { makeFlow } from '../run/flow.ts'
import { newTask } from '../run/new-task.ts'
import { resolveOptions } from '../run/options.ts'
import type { EnqueueOptions, TaskQueue, TaskRef } from '../run/task-queue.ts'
import { uuidv7 } from '../uuid.ts'

/** What a manager without tasks of its own would check by. */
const CHECKS = resolveOptions({ tasks: [] })

/** What one run of a task did. */
export interface TaskRun<Result> {
  /** What it returned, as JSON keeps it. */
  result: Result
  logs: LogEntry[]
  /** All that it said of its progress. */
  progress: TaskProgress[]
  /** What it enqueued through its context. */
  enqueued: { funcName: string; payload: unknown; options: EnqueueOptions }[]
}

/** Arguments after the task: a task without payload may leave it out. */
// biome-ignore lint/suspicious/noConfusingVoidType: void is what a task without a payload has
export type RunTaskArgs<Payload> = [Payload] extends [void]
  ? [payload?: undefined, context?: Partial<TaskContext>]
  : [payload: NoInfer<Payload>, context?: Partial<TaskContext>]

/**
 * Runs one task by itself, without a manager: the payload is checked and goes through JSON as on
 * its way through a storage. `context` is what the handler gets, e.g. `{ attempt: 2, tags, signal }`;
 * what is not given is that of a first attempt.
 *
 * @throws what the handler throws (`SnoozeTask` and `AbandonTask` too); TaskflowError
 *   `invalid_payload` for a payload that the schema refuses or a value that JSON does not hold.
 */
export async function runTask<Payload, Result>(
  task: Task<Payload, Result>,
  ...[payload, context = {}]: RunTaskArgs<Payload>
): Promise<TaskRun<Result>> {
  const run: Omit<TaskRun<Result>, 'result'> = { logs: [], progress: [], enqueued: [] }
  const attempt = context.attempt ?? 0
  const whole: TaskContext = {
    ...standaloneContext(task.name),
    log: (message, level = 'info') => {
      const n = run.logs.length + 1
      run.logs.push({ n, at: Date.now(), stream: 'log', level, text: message, attempt })
    },
    progress: (fraction, message) => run.progress.push({ fraction, message: message ?? null }),
    tasks: recorder(run.enqueued),
    ...context,
  }
  const sent =
    payload === undefined
      ? undefined
      : JSON.parse(encodePayload(payload, task.name, Number.POSITIVE_INFINITY))
  // Unchecked until here, as what comes from a storage is.
  const returned = await withContext(whole, () => task.run(sent as Payload, whole))
  return { ...run, result: throughJson(returned, `${task.name}: result`) as Result }
}

/** Checks like a manager, and writes down instead of storing. */
function recorder(enqueued: TaskRun<unknown>['enqueued']): TaskQueue {
  const add = async (task: Task<unknown, unknown>, payload: unknown, options: EnqueueOptions) => {
    const { taskId } = await newTask(task, payload, options, { source: 'manual' }, CHECKS)
    enqueued.push({ funcName: task.name, payload, options })
    return { taskId, duplicate: false }
  }
  return {
    enqueue: (task, ...[payload, options = {}]) =>
      add(task as Task<unknown, unknown>, payload, options),
    flow: (build, options = {}) =>
      makeFlow(build, options, async (entries) => {
        const tasks: TaskRef[] = []
        for (const { task, payload, options, after } of entries) {
          const dependsOn = after.flatMap((place) => tasks[place]?.taskId ?? [])
          tasks.push(await add(task, payload, { ...options, dependsOn }))
        }
        return { flowId: uuidv7(Date.now()), tasks }
      }),
  }
}

function throughJson(value: unknown, what: string): unknown {
  return value === undefined
    ? undefined
    : JSON.parse(encodeJson(value, what, Number.POSITIVE_INFINITY))
}
