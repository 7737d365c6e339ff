import type { LifecycleStepJson, TaskPhase } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations } from 'lit'
import { visibleText } from '../format/visible-text.ts'
import {
  foldNodes,
  type LifecycleNode,
  lifecycleNodes,
  type NodeTone,
} from '../lifecycle/lifecycle-model.ts'
import { t } from '../messages/messages.ts'
import { type IconName, icon } from '../parts/icons.ts'
import { statusStyles } from '../styles/status-css.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { lifecycleStyles } from './lifecycle.styles.ts'
import { RunFollower } from './run-follower.ts'
import { StoreElement } from './store-element.ts'
import { Ticker } from './ticker.ts'

/** Room that one stop needs so that the wait before it can be read. */
const NODE_PX = 104
/** Below this the strip is a list, which has room for all. */
const LIST_BELOW_PX = 460

const look: Record<NodeTone, { icon: IconName | null; status: string }> = {
  done: { icon: 'check', status: 'success' },
  success: { icon: 'check', status: 'success' },
  current: { icon: 'arc', status: 'running' },
  waiting: { icon: 'clock', status: 'pending' },
  failed: { icon: 'cross', status: 'failed' },
  interrupted: { icon: 'bolt', status: 'interrupted' },
  cancelled: { icon: 'slashed', status: 'cancelled' },
  future: { icon: null, status: 'pending' },
}

/**
 * The steps of one run, with the waits on the lines between them: a strip where there is room, a
 * list below that. Of a run that is read and followed, or of steps that are given.
 *
 * @csspart step - one stop
 * @csspart connector - the line to it, with its length
 */
export class TaskflowLifecycleElement extends StoreElement {
  static override styles = [tokens, hostReset, statusStyles, lifecycleStyles]
  static override properties: PropertyDeclarations = {
    runId: { type: String, attribute: 'run-id' },
    variant: { type: String, reflect: true },
    steps: { attribute: false },
    phase: { type: String },
    maxAttempts: { type: Number, attribute: 'max-attempts' },
    usually: { type: Number },
    now: { attribute: false },
    most: { state: true },
  }

  /** Id of the run, which is then read and followed. [none] */
  declare runId: string
  /** `chain`, or `timeline`: a list also where there is room for a strip. [`chain`] */
  declare variant: 'chain' | 'timeline'
  /** The run's recorded steps, instead of a run that is read. [none] */
  declare steps: readonly LifecycleStepJson[]
  /** The run's phase now. */
  declare phase: TaskPhase
  /** How many attempts there may be. [1] */
  declare maxAttempts: number
  /** Seconds a run usually takes; null when unknown. */
  declare usually: number | null
  /** Server time, epoch ms. [this device's clock] */
  declare now: (() => number) | null
  declare most: number

  readonly #run = new RunFollower(this, () => this.store)
  #observer: ResizeObserver | undefined

  constructor() {
    super()
    this.runId = ''
    this.variant = 'chain'
    this.steps = []
    this.phase = 'queued'
    this.maxAttempts = 1
    this.usually = null
    this.now = null
    this.most = 6
    new Ticker(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0
      this.most = width < LIST_BELOW_PX ? Number.POSITIVE_INFINITY : Math.floor(width / NODE_PX)
    })
    this.#observer.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
  }

  protected override get needsStore(): boolean {
    return this.runId !== ''
  }

  protected override render() {
    const task = this.#run.detail?.task
    const nodes = lifecycleNodes(task?.lifecycle ?? this.steps, {
      now: this.now?.() ?? this.store?.now() ?? Date.now(),
      phase: task?.phase ?? this.phase,
      maxAttempts: task?.max_attempts ?? this.maxAttempts,
      usually: task ? task.analytics.avg_duration_seconds : this.usually,
    })
    if (nodes.length === 0) return nothing
    const shown = this.variant === 'timeline' ? nodes : foldNodes(nodes, this.most)
    return html`<ol aria-label=${t('Lifecycle')}>
      ${shown.map((node, index) => step(node, index, index === shown.length - 1))}
    </ol>`
  }
}

function step(node: LifecycleNode, index: number, last: boolean) {
  const { icon: shape, status } = look[node.tone]
  const coloured = node.tone === 'current' || (last && node.tone !== 'future')
  const mark = node.tone === 'current' ? 'now' : coloured ? 'end' : ''
  const future = node.tone === 'future' ? 'future' : ''
  return html`<li part="step" data-status=${status} aria-current=${node.tone === 'current' ? 'step' : nothing}>
    ${
      index > 0
        ? html`<span class="way ${node.way.backOff ? 'back-off' : ''} ${future}" part="connector"
            ><span class=${node.way.strong ? 'strong' : ''} title=${node.way.text}><bdi>${node.way.text}</bdi></span></span
          >`
        : nothing
    }
    <span class="mark ${mark} ${future}">${shape ? icon(shape, node.tone === 'current' ? 'spins' : '') : nothing}</span>
    <span class="label ${coloured ? 'coloured' : ''} ${future}">${node.label}</span>
    <span class="note" title=${visibleText(node.note)}>${visibleText(node.note)}</span>
  </li>`
}
