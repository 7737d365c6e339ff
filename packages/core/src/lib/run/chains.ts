import { TaskflowError } from '../errors.ts'
import type { NewTask } from '../storage/contract.ts'
import type { Task } from './define-task.ts'
import { describeError } from './describe-error.ts'
import { newTask } from './new-task.ts'
import type { Follows } from './on.ts'
import type { ResolvedOptions } from './options.ts'

type ChainOptions = Pick<
  ResolvedOptions,
  'tasks' | 'clock' | 'executors' | 'maxPayloadBytes' | 'encryption' | 'trace' | 'onError'
>

interface Link {
  task: Task<unknown, unknown>
  payload: Follows['payload']
}

/** Which tasks follow which, by `after` of the definitions that a manager has. */
export class Chains {
  readonly #options: ChainOptions
  readonly #links = new Map<string, Link[]>()

  /** @throws TaskflowError `configuration` for an unknown upstream, and for a cycle. */
  constructor(options: ChainOptions) {
    this.#options = options
    for (const task of options.tasks.values()) {
      for (const { upstream, payload } of task.settings.after) {
        if (!options.tasks.has(upstream.name)) {
          throw wrong(`${task.name}: after: expected one of the manager's tasks`, upstream.name)
        }
        // Payloads are checked by the task itself.
        const link = { task: task as Task<unknown, unknown>, payload }
        this.#links.set(upstream.name, [...(this.#links.get(upstream.name) ?? []), link])
      }
    }
    const seen = new Set<string>()
    for (const name of this.#links.keys()) this.#refuseCycles([name], seen)
  }

  /** True when runs start after a success of this task. */
  has(funcName: string): boolean {
    return this.#links.has(funcName)
  }

  /**
   * The runs that a success starts; `result` is its JSON. Never rejects: what cannot be made is
   * reported to `refused`, in words without secrets, and to `onError`.
   */
  async follow(
    funcName: string,
    result: string,
    hide: (text: string) => string,
    refused: (message: string) => void,
  ): Promise<NewTask[]> {
    const tasks: NewTask[] = []
    for (const link of this.#links.get(funcName) ?? []) {
      try {
        tasks.push(await this.#make(link, result))
      } catch (cause) {
        const why = describeError(cause, hide).error
        const message = `${link.task.name} was not started after ${funcName}: ${why}`
        refused(message)
        this.#options.onError(new TaskflowError('invalid_payload', message, { cause }))
      }
    }
    return tasks
  }

  async #make({ task, payload }: Link, result: string): Promise<NewTask> {
    // Each gets a value of its own, which it may change.
    const made = payload(JSON.parse(result))
    if (made instanceof Promise) {
      made.catch(() => {})
      throw new TaskflowError('invalid_payload', 'on: expected a payload, got a promise')
    }
    return newTask(task, made, {}, { source: 'chained' }, this.#options)
  }

  /** Looks at what follows the last of `path`; `seen` are those that lead into no cycle. */
  #refuseCycles(path: readonly string[], seen: Set<string>): void {
    const last = path.at(-1) ?? ''
    for (const { task } of this.#links.get(last) ?? []) {
      const from = path.indexOf(task.name)
      if (from >= 0) {
        const cycle = [...path.slice(from), task.name].join(' → ')
        throw wrong(`${task.name}: after: expected no cycle`, cycle)
      }
      if (!seen.has(task.name)) this.#refuseCycles([...path, task.name], seen)
    }
    seen.add(last)
  }
}

function wrong(expected: string, got: string): TaskflowError {
  return new TaskflowError('configuration', `TaskManager: ${expected}, got ${got}`)
}
