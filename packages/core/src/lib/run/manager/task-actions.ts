import { TaskflowError, unknownTask } from '../../errors.ts'
import { checkOptionNames } from '../../option-names.ts'
import { isRetryable, type TaskStatus } from '../../record.ts'
import type { CancelResult, StoredTask } from '../../storage/contract.ts'
import { checkCancel } from '../check-cancel.ts'
import { NAME, type Task } from '../define-task.ts'
import { type DeleteHistoryOptions, deleteHistory } from '../delete-history.ts'
import { keyIdOf } from '../encryption/envelope.ts'
import { retryPayload } from '../retry-payload.ts'
import { taskElsewhere } from '../task-elsewhere.ts'
import type { EnqueueOptions, TaskRef } from '../task-queue.ts'
import { checkIds } from './check-reads.ts'
import { partOf } from './part-of.ts'
import type { ManagerParts } from './parts.ts'

/** What people do to tasks that are stored. */
export class TaskActions {
  readonly #parts: ManagerParts

  constructor(parts: ManagerParts) {
    this.#parts = parts
  }

  async enqueueByName(
    funcName: string,
    payload: unknown,
    options: EnqueueOptions,
  ): Promise<TaskRef> {
    const task = await this.#taskOf(funcName)
    return this.#parts.intake.addAny(task, payload, options, { source: 'adhoc' })
  }

  async cancel(taskId: string, options: { force?: boolean }): Promise<CancelResult> {
    checkOptionNames(options, { force: true }, { where: 'cancel' })
    const [result] = await this.#cancel([taskId], options.force ?? false)
    return checkCancel(result, taskId, this.#parts.options.cancelGraceMs)
  }

  async cancelMany(taskIds: readonly string[]): Promise<CancelResult[]> {
    checkIds('cancelMany', taskIds)
    return this.#cancel([...taskIds], false)
  }

  async retry(taskId: string, options: { payload?: unknown }): Promise<TaskRef> {
    checkOptionNames(options, { payload: true }, { where: 'retry' })
    const { opening, intake } = this.#parts
    const { storage, encryption } = this.#parts.options
    await opening.open()
    const [original] = await storage.get({ taskIds: [taskId] })
    if (!original) throw unknownTask(taskId)
    if (!isRetryable(original.status)) {
      throw new TaskflowError(
        'invalid_input',
        `retry: expected a failed, interrupted or cancelled task, it is ${original.status}`,
      )
    }
    const task = await this.#taskOf(original.funcName)
    const payload = await retryPayload(task, original, options, encryption)
    const { tags } = original
    const given = original.priority === null ? { tags } : { tags, priority: original.priority }
    const all = { ...given, ...(await this.#parentsOf(original)) }
    return intake.addAny(task, payload, all, {
      source: 'manual',
      retryOf: taskId,
      flowId: original.flowId ?? undefined,
      // Another key would give another text, and the storage would not know the retry again.
      keyId: keyIdOf(original.payload),
    })
  }

  async runNow(taskId: string): Promise<void> {
    const { opening, options, dispatcher } = this.#parts
    await opening.open()
    const [result] = await options.storage.reschedule({ tasks: [{ taskId }] })
    if (result?.result === 'missing') throw unknownTask(taskId)
    if (result?.result === 'refused') {
      throw new TaskflowError('invalid_input', 'run: expected a scheduled or retrying task')
    }
    dispatcher.wake()
  }

  /** Lets tasks that were held start. They do by themselves when the hold is over, should it fail. */
  async release(taskIds: string[]): Promise<void> {
    const { options, dispatcher } = this.#parts
    try {
      await options.storage.reschedule({ tasks: taskIds.map((taskId) => ({ taskId })) })
      dispatcher.wake()
    } catch (error) {
      options.onError(error)
    }
  }

  async setPaused(funcName: string, paused: boolean): Promise<boolean> {
    if (typeof funcName !== 'string' || !NAME.test(funcName)) {
      const message = `${paused ? 'pause' : 'resume'}: expected the name of a task, got ${String(funcName)}`
      throw new TaskflowError('invalid_input', message)
    }
    const { opening, options, dispatcher } = this.#parts
    await opening.open()
    const functions = partOf(options.storage, 'functions')
    const [result] = await functions.setPaused({ funcNames: [funcName], paused })
    if (!paused) dispatcher.wake()
    return result?.changed ?? false
  }

  async deleteHistory(options: DeleteHistoryOptions): Promise<{ deleted: number }> {
    await this.#parts.opening.open()
    return deleteHistory(this.#parts.options, options)
  }

  async #cancel(taskIds: string[], force: boolean): Promise<CancelResult[]> {
    const { opening, options, dispatcher, results: waiting, announce } = this.#parts
    await opening.open()
    const graceMs = options.cancelGraceMs
    const results = await options.storage.cancel({ taskIds, force, graceMs })
    const ended: { taskId: string; status: TaskStatus }[] = []
    for (const { taskId, result } of results) {
      // The owner may be this process: no need to wait for the next beat.
      if (result === 'cancelled' || result === 'requested') dispatcher.cancelLocally(taskId)
      if (result === 'cancelled') ended.push({ taskId, status: 'cancelled' })
    }
    for (const { taskId } of ended) waiting.notice({ taskId, step: 'cancelled' })
    // Tasks that run all the same when these end may be due now.
    dispatcher.wake()
    if (ended.length > 0) await announce(ended)
    return results
  }

  /** A task of this manager, or what stands here for one of another live instance. */
  async #taskOf(funcName: string): Promise<Task<unknown, unknown>> {
    const { options, intake, reads } = this.#parts
    if (options.tasks.has(funcName) || typeof funcName !== 'string') {
      return intake.registered(funcName)
    }
    const found = (await reads.functions()).find((info) => info.funcName === funcName)
    if (found) return taskElsewhere(found)
    throw new TaskflowError(
      'unknown_function',
      `expected a task of a live instance, got ${JSON.stringify(funcName.slice(0, 200))}`,
    )
  }

  /** What a retry depends on, so that it finds the same results: parents that are still there. */
  async #parentsOf({ dependsOn }: StoredTask): Promise<EnqueueOptions> {
    if (dependsOn.length === 0) return {}
    const parents = await this.#parts.options.storage.get({ taskIds: dependsOn })
    // Whoever retries it decides that it runs, however they ended.
    return {
      dependsOn: parents.flatMap((parent) => parent?.taskId ?? []),
      onParentFailure: 'run',
    }
  }
}
