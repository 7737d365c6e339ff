import { css, html, nothing, type PropertyDeclarations } from 'lit'
import { errorMessage, errorName } from '../format/phase.ts'
import { type FrameGroup, groupFrames, parseTraces, type StackFrame } from '../format/stack.ts'
import { visibleText } from '../format/visible-text.ts'
import { rich, t } from '../messages/messages.ts'
import { icon } from '../parts/icons.ts'
import { controls } from '../styles/controls.ts'
import { statusStyles } from '../styles/status-css.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { LocalizedElement } from './localized-element.ts'

/**
 * The error of a run: name, message and stack, own frames first-class, frames of packages folded.
 *
 * @fires taskflow-copy - it was copied
 * @csspart stack - the frames
 * @csspart frame - one frame
 */
export class TaskflowErrorElement extends LocalizedElement {
  static override styles = [
    tokens,
    hostReset,
    controls,
    statusStyles,
    css`
      :host {
        display: block;
      }
      .box {
        overflow: hidden;
        border: 1px solid var(--_line);
        border-radius: 8px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        padding: 10px 12px;
        background: var(--_bg);
        color: var(--_fg);
      }
      .name {
        flex: 1;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .message {
        flex-basis: 100%;
        max-block-size: 180px;
        margin: 0;
        overflow: auto;
        color: var(--_text);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .stack {
        padding: 6px 12px;
        border-block-start: 1px solid var(--_line);
        background: var(--_surface);
      }
      .cause {
        margin: 6px -12px;
        padding: 8px 12px;
        border-block: 1px solid var(--_border);
        color: var(--_muted);
        overflow-wrap: anywhere;
      }
      .cause b {
        color: var(--_text);
        font-weight: 500;
      }
      .frame {
        display: flex;
        justify-content: space-between;
        gap: 16px;
        padding-block: 2px;
      }
      /* Far from its name a place cannot be told from its neighbours'. */
      @container (min-width: 700px) {
        .frame.frame > :first-child {
          flex-basis: 280px;
        }
        .frame.frame > .place {
          flex: 1;
          text-align: left;
        }
      }
      .frame > * {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .frame > :first-child {
        flex: 0 0 auto;
        max-inline-size: 65%;
      }
      .frame .place {
        flex: 0 1 auto;
        direction: rtl;
        color: var(--_muted);
      }
      .frame .place bdi {
        unicode-bidi: isolate;
        direction: ltr;
      }
      .frame:not(.own) {
        color: var(--_faint);
      }
      summary {
        display: flex;
        align-items: center;
        gap: 4px;
        padding-block: 2px;
        color: var(--_muted);
        font-size: 12px;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      details[open] summary .icon {
        transform: rotate(90deg);
      }
      details .frame {
        padding-inline-start: 18px;
      }
      pre.raw {
        margin: 0;
        overflow: auto;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      taskflow-copy {
        margin-block: -4px;
        margin-inline-end: -6px;
      }
      @container (max-width: 480px) {
        .frame {
          flex-direction: column;
          gap: 0;
        }
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    error: { type: String },
    stack: { type: String },
    status: { type: String },
    brief: { type: Boolean },
  }

  /** The message, with or without the error's name in front. */
  declare error: string
  /** Its stack. [none] */
  declare stack: string | null
  /** Colours it as `failed` or `interrupted`. */
  declare status: string
  /** Leaves the stack out. */
  declare brief: boolean

  constructor() {
    super()
    this.error = ''
    this.stack = null
    this.status = 'failed'
    this.brief = false
  }

  protected override render() {
    if (!this.error && !this.stack) return nothing
    const name = errorName(this.error)
    const message = errorMessage(this.error)
    const stack = this.brief ? null : this.stack
    return html`<div class="box" data-status=${this.status}>
      <div class="head">
        ${icon(this.status === 'interrupted' ? 'bolt' : 'cross')}
        <span class="name">${visibleText(name ?? (this.status === 'interrupted' ? t('Interrupted') : t('Error')))}</span>
        <taskflow-copy .value=${this.stack ?? this.error} label=${t('Copy error')}></taskflow-copy>
        ${message ? html`<p class="message mono">${visibleText(message)}</p>` : nothing}
      </div>
      ${stack ? this.#stack(stack) : nothing}
    </div>`
  }

  #stack(stack: string) {
    const traces = parseTraces(stack)
    return html`<div class="stack mono" part="stack">
      ${
        traces[0]?.frames.length
          ? traces.map(
              ({ cause, frames }) => html`
                ${cause ? html`<p class="cause">${rich('Caused by {error}', { error: html`<b>${visibleText(cause)}</b>` })}</p>` : nothing}
                ${groupFrames(frames).map(group)}`,
            )
          : html`<pre class="raw mono">${visibleText(stack)}</pre>`
      }
    </div>`
  }
}

function group({ own, origin, frames }: FrameGroup) {
  if (own || frames.length === 1) return frames.map(frame)
  return html`<details>
    <summary>
      ${icon('chevronRight', 'small')} ${t('{count} frame in {origin}|{count} frames in {origin}', { count: frames.length, origin: visibleText(origin) })}
    </summary>
    ${frames.map(frame)}
  </details>`
}

function frame({ name, place, own }: StackFrame) {
  return html`<div class="frame ${own ? 'own' : ''}" part="frame" title=${visibleText(place)}>
    <span><bdi>${visibleText(name || t('(top level)'))}</bdi></span>
    <span class="place"><bdi>${visibleText(place)}</bdi></span>
  </div>`
}
