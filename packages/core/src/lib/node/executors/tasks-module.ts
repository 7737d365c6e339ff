import { Server } from 'node:net'
import { TaskflowError } from '../../errors.ts'
import type { Task } from '../../run/define-task.ts'
import { describeError } from '../../run/describe-error.ts'

type AnyTask = Task<unknown, unknown>

/** The tasks that a module exports, imported when the first is needed. */
export class TasksModule {
  readonly #url: string
  #tasks: Promise<Map<string, AnyTask>> | null = null

  constructor(url: string) {
    this.#url = url
  }

  /** @throws TaskflowError `configuration` when the module fails, or has no such task. */
  async find(name: string): Promise<AnyTask> {
    this.#tasks ??= this.#import()
    const tasks = await this.#tasks
    const task = tasks.get(name)
    if (task) return task
    const known = [...tasks.keys()].slice(0, 20).join(', ') || 'none'
    throw this.#refusal(`to export the task ${name}, got ${known}`)
  }

  async #import(): Promise<Map<string, AnyTask>> {
    const guard = guardListen(() => this.#refusal('to only export tasks, it starts a server'))
    try {
      const module: unknown = await import(this.#url)
      if (guard.refused) throw guard.refused
      return tasksIn(module)
    } catch (cause) {
      if (guard.refused) throw guard.refused
      throw this.#refusal(`to be a module of tasks: ${describeError(cause).error}`, cause)
    } finally {
      guard.end()
    }
  }

  #refusal(expected: string, cause?: unknown): TaskflowError {
    return new TaskflowError('configuration', `tasksFile: expected ${this.#url} ${expected}`, {
      cause,
    })
  }
}

/** Exported tasks, and those in exported arrays and objects. */
function tasksIn(module: unknown): Map<string, AnyTask> {
  const tasks = new Map<string, AnyTask>()
  for (const value of Object.values(Object(module))) {
    for (const one of isTask(value) ? [value] : Object.values(Object(value))) {
      if (isTask(one) && !tasks.has(one.name)) tasks.set(one.name, one)
    }
  }
  return tasks
}

/** By shape: the module may have loaded another copy of core. */
function isTask(value: unknown): value is AnyTask {
  if (typeof value !== 'object' || value === null) return false
  const { name, run, settings } = value as Partial<AnyTask>
  return typeof name === 'string' && typeof run === 'function' && typeof settings === 'object'
}

/** A module that starts the app's server would do so in every worker: `listen` throws meanwhile. */
function guardListen(refusal: () => TaskflowError) {
  const { listen } = Server.prototype
  const guard = {
    refused: null as TaskflowError | null,
    end() {
      Server.prototype.listen = listen
    },
  }
  Server.prototype.listen = () => {
    guard.refused ??= refusal()
    throw guard.refused
  }
  return guard
}
