import type { LifecycleStepJson, TaskPhase } from '@taskflow/core/client'
import { css, html, nothing, type PropertyDeclarations } from 'lit'
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
import { LocalizedElement } from './localized-element.ts'
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
 * list below that.
 *
 * @csspart step - one stop
 * @csspart connector - the line to it, with its length
 */
export class TaskflowLifecycleElement extends LocalizedElement {
  static override styles = [
    tokens,
    hostReset,
    statusStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      ol {
        display: flex;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        position: relative;
        flex: 1 1 0;
        display: flex;
        flex-direction: column;
        align-items: center;
        min-inline-size: 0;
        text-align: center;
      }
      .way {
        position: absolute;
        inset-block-start: 0;
        inset-inline: calc(-50% + 14px) calc(50% + 14px);
        block-size: 26px;
        color: var(--_muted);
        font-size: 11px;
        line-height: 16px;
      }
      .way::after {
        content: '';
        position: absolute;
        inset-inline: 0;
        inset-block-start: 25px;
        border-block-start: 1px solid var(--_border);
      }
      .way.back-off {
        color: var(--_retrying-fg);
      }
      .way.back-off::after {
        border-block-start: 1px dashed var(--_retrying-solid);
      }
      .way.future::after {
        border-block-start-style: dashed;
      }
      .way span {
        display: block;
        /* Text may stand above the marks, which are lower. */
        margin-inline: -14px;
        white-space: nowrap;
      }
      .strong {
        color: var(--_text);
        font-weight: 500;
      }
      .mark {
        display: grid;
        place-items: center;
        inline-size: 20px;
        block-size: 20px;
        margin-block: 15px 4px;
        border: 1px solid var(--_border);
        border-radius: 50%;
        background: var(--_surface);
        color: var(--_fg);
      }
      .mark .icon {
        inline-size: 12px;
        block-size: 12px;
        stroke-width: 2;
      }
      .mark.end,
      .mark.now {
        border-color: var(--_line);
        background: var(--_bg);
      }
      .mark.future {
        border-style: dashed;
        border-color: var(--_border-strong);
      }
      .label {
        max-inline-size: 100%;
        font-size: 12px;
        line-height: 16px;
        font-weight: 500;
      }
      .label.coloured {
        color: var(--_fg);
      }
      .label.future {
        color: var(--_muted);
        font-weight: 400;
      }
      .note {
        max-inline-size: 100%;
        padding-inline: 2px;
        color: var(--_muted);
        font-size: 11px;
        line-height: 16px;
      }
      .label,
      .note {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @container (max-width: 459px) {
        ol {
          flex-direction: column;
        }
        li {
          display: grid;
          grid-template-columns: 20px minmax(0, 1fr) auto;
          column-gap: 10px;
          align-items: center;
          flex: none;
          text-align: start;
        }
        .way {
          position: static;
          grid-column: 2 / -1;
          block-size: auto;
          min-block-size: 12px;
        }
        .way::before {
          content: '';
          position: absolute;
          inset-inline-start: 10px;
          inset-block-start: 0;
          block-size: calc(100% - 20px);
          border-inline-start: 1px solid var(--_border);
        }
        .way.back-off::before {
          border-inline-start: 1px dashed var(--_retrying-solid);
        }
        .way span {
          margin-inline: 0;
        }
        .way::after {
          content: none;
        }
        .mark {
          grid-column: 1;
          margin-block: 0;
        }
        .label {
          font-size: 13px;
          line-height: 20px;
        }
        .note {
          text-align: end;
          font-size: 12px;
        }
      }
      @media (forced-colors: active) {
        .mark {
          border-color: CanvasText;
        }
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    steps: { attribute: false },
    phase: { type: String },
    maxAttempts: { type: Number, attribute: 'max-attempts' },
    usually: { type: Number },
    now: { attribute: false },
    most: { state: true },
  }

  /** The run's recorded steps. */
  declare steps: readonly LifecycleStepJson[]
  /** The run's phase now. */
  declare phase: TaskPhase
  declare maxAttempts: number
  /** Seconds a run usually takes; null when unknown. */
  declare usually: number | null
  /** Server time, epoch ms. [this device's clock] */
  declare now: (() => number) | null
  declare most: number

  #observer: ResizeObserver | undefined

  constructor() {
    super()
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

  protected override render() {
    const nodes = lifecycleNodes(this.steps, {
      now: this.now?.() ?? Date.now(),
      phase: this.phase,
      maxAttempts: this.maxAttempts,
      usually: this.usually,
    })
    if (nodes.length === 0) return nothing
    const shown = foldNodes(nodes, this.most)
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
            ><span class=${node.way.strong ? 'strong' : ''} title=${node.way.text}>${node.way.text}</span></span
          >`
        : nothing
    }
    <span class="mark ${mark} ${future}">${shape ? icon(shape, node.tone === 'current' ? 'spins' : '') : nothing}</span>
    <span class="label ${coloured ? 'coloured' : ''} ${future}">${node.label}</span>
    <span class="note" title=${visibleText(node.note)}>${visibleText(node.note)}</span>
  </li>`
}
