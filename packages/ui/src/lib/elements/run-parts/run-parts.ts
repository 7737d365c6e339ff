import { isAbort, type TaskDetailJson, type TaskJson } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { formatDuration } from '../../format/duration.ts'
import { shortId } from '../../format/number.ts'
import { formatRelative } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { orMissing, statusText } from '../../parts/status.ts'
import { controls } from '../../styles/controls.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import { runsRoute } from '../../url/route.ts'
import { StoreElement } from '../store-element.ts'
import { Ticker } from '../ticker.ts'
import { spansOf } from '../waterfall/spans.ts'
import { attemptList } from './attempts.ts'
import { inputAndOutput } from './data.ts'
import { eventList } from './events.ts'
import { type RelatedRuns, readRelated } from './related.ts'
import { runPartsStyles } from './run-parts.styles.ts'

/**
 * The tabs of a run that its first view does without: attempts, events, input and output, related
 * runs, and the attempts on an axis of time.
 *
 * @fires taskflow-navigate - a link to another run was followed; cancelable
 */
export class TaskflowRunPartsElement extends StoreElement {
  static override styles = [tokens, hostReset, controls, statusStyles, runPartsStyles]
  static override properties: PropertyDeclarations = {
    task: { attribute: false },
    shown: { type: String, reflect: true },
    related: { state: true },
    problem: { state: true },
  }

  /** The run, whole. */
  declare task: TaskDetailJson | null
  declare shown: 'attempts' | 'time' | 'events' | 'data' | 'related'
  declare related: RelatedRuns | null
  declare problem: string

  #abort: AbortController | undefined
  #read = ''

  constructor() {
    super()
    this.task = null
    this.shown = 'attempts'
    this.related = null
    this.problem = ''
    new Ticker(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#abort?.abort()
    this.#read = ''
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (this.shown === 'related' && this.task && this.#read !== this.task.task_id) {
      void this.#load()
    }
  }

  protected override render() {
    const { store, task } = this
    if (!store || !task) return nothing
    const now = store.now()
    switch (this.shown) {
      case 'attempts':
        return html`${waterfall(task, now)}${attemptList(task, now)}`
      case 'time':
        return waterfall(task, now)
      case 'events':
        return eventList(task, now)
      case 'data':
        return inputAndOutput(task)
      case 'related':
        return this.#relatedRuns(task, now)
    }
  }

  #relatedRuns(task: TaskDetailJson, now: number) {
    const { related } = this
    if (this.problem) return html`<p class="muted" role="alert">${this.problem}</p>`
    const groups: [string, readonly TaskJson[]][] = [
      [t('Retry of'), related?.retryOf ? [related.retryOf] : []],
      [t('Retried by'), related?.retriedBy ?? []],
      [t('Waits for'), task.parents],
      [t('Waiting for this run'), task.children],
      [t('Same flow'), related?.flow ?? []],
    ]
    const found = groups.filter(([, runs]) => runs.length > 0)
    if (found.length === 0) {
      return html`<p class="muted">${related ? t('No other run has to do with this one.') : t('Looking…')}</p>`
    }
    return found.map(
      ([title, runs]) => html`<section>
        <h3>${title} <span class="muted">${runs.length}</span></h3>
        <ul class="runs">
          ${runs.map((run) => this.#run(run, now))}
        </ul>
      </section>`,
    )
  }

  #run(run: TaskJson, now: number) {
    const route = { ...runsRoute(), runId: run.task_id }
    return html`<li>
      <a href=${this.href(route)} @click=${this.go(route)}>
        ${statusText(run.phase)}
        <span class="truncate">${visibleText(run.func_name)}</span>
        <span class="mono muted">${shortId(run.task_id)}</span>
        <span class="end">${orMissing(formatDuration(run.duration))}</span>
        <span class="age muted">${formatRelative(Date.parse(run.created_at), now)}</span>
      </a>
    </li>`
  }

  async #load(): Promise<void> {
    const { store, task } = this
    if (!store || !task) return
    this.#read = task.task_id
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.related = null
    this.problem = ''
    try {
      this.related = await readRelated(store, task, abort.signal)
    } catch (cause) {
      if (!isAbort(cause) && !abort.signal.aborted) this.problem = store.failure(cause).detail
    }
  }
}

function waterfall(task: TaskDetailJson, now: number) {
  return html`<taskflow-waterfall .spans=${spansOf(task, now)}></taskflow-waterfall>`
}
