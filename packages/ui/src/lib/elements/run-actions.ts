import type { Right, TaskDetailJson } from '@taskflow/core/client'
import type { LitElement } from 'lit'
import type { ActionProgress, RunAction } from '../actions.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { codeFor, dialogsOf } from './overlays.ts'

interface Host extends LitElement {
  runId: string
  readonly: boolean
}

/** What somebody does with the run of an element, and how far it is. */
export class RunActions {
  /** Null while nothing was done. */
  progress: ActionProgress | null = null
  readonly #host: Host
  readonly #storeOf: () => DashboardStore | undefined

  constructor(host: Host, storeOf: () => DashboardStore | undefined) {
    this.#host = host
    this.#storeOf = storeOf
  }

  readonly may = (right: Right): boolean =>
    !this.#host.readonly && (this.#storeOf()?.may(right) ?? false)

  /** Retries, cancels or runs it now, unless something is under way; before it cancels, it asks. */
  async act(action: RunAction, options: { force?: boolean } = {}): Promise<void> {
    const { runId } = this.#host
    const store = this.#storeOf()
    if (!store || this.progress?.state === 'sending') return
    if (action === 'cancel' && !(await this.#isSure(options.force))) return
    this.#show(runId, { action, state: 'sending' })
    // Without the code nothing was sent: the button is there again.
    const extras = await this.#extras()
    const progress = await extras?.performAction(this.#host, store, action, runId, options)
    this.#show(runId, progress ?? null)
  }

  /** Asks for another input, and starts a run with it. */
  async retryChanged(task: TaskDetailJson): Promise<void> {
    const store = this.#storeOf()
    const dialogs = await dialogsOf(this.#host)
    const extras = await this.#extras()
    if (!store || !dialogs || !extras) return
    const result = await extras.retryChanged(dialogs, store, task)
    if (!result) return
    extras.announceRun(this.#host, store, 'retry', task.task_id, result)
    this.#show(task.task_id, { action: 'retry', state: 'done', newId: result.task_id })
  }

  async #isSure(force?: boolean): Promise<boolean> {
    const { runId } = this.#host
    const dialogs = await dialogsOf(this.#host)
    const extras = await this.#extras()
    const isSure = dialogs && (await extras?.confirmCancel(dialogs, runId, force))
    // Meanwhile the element may have been given another run.
    return isSure === true && this.#host.runId === runId
  }

  #extras() {
    return codeFor(this.#host, import('../pages/extras.ts'))
  }

  /** Unless the element shows another run by now. */
  #show(runId: string, progress: ActionProgress | null): void {
    if (this.#host.runId === runId) this.progress = progress
    this.#host.requestUpdate()
  }
}
