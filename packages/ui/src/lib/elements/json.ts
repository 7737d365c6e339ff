import { css, html, nothing, type PropertyDeclarations } from 'lit'
import { visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import { icon } from '../parts/icons.ts'
import { controls } from '../styles/controls.ts'
import { statusStyles } from '../styles/status-css.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { LocalizedElement } from './localized-element.ts'

/** Children that are drawn at once; the rest on request. */
const FIRST = 100
const LONG = 2000

/**
 * A JSON value as a tree that folds, and as text to copy. What is folded is not drawn, so that large
 * values cost nothing.
 *
 * @fires taskflow-copy - it was copied
 * @csspart key - the name of a member
 * @csspart value - a value without members
 */
export class TaskflowJsonElement extends LocalizedElement {
  static override styles = [
    tokens,
    hostReset,
    controls,
    statusStyles,
    css`
      :host {
        display: block;
      }
      .tree {
        position: relative;
        max-block-size: var(--taskflow-json-height, 420px);
        padding: 8px 36px 8px 10px;
        overflow: auto;
        border: 1px solid var(--_border);
        border-radius: 8px;
        background: var(--_sunken);
        font: 12px / 20px var(--_font-mono);
      }
      taskflow-copy {
        position: absolute;
        inset-block-start: 6px;
        inset-inline-end: 6px;
      }
      .node,
      summary {
        padding-inline-start: 16px;
        overflow-wrap: anywhere;
      }
      details > .members {
        margin-inline-start: 16px;
      }
      summary {
        position: relative;
        border-radius: 4px;
        list-style: none;
        cursor: pointer;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary:hover {
        background: var(--_hover);
      }
      summary .icon {
        position: absolute;
        inset-inline-start: 0;
        inset-block-start: 3px;
        color: var(--_muted);
        transition: transform var(--_duration) ease-out;
      }
      details[open] > summary .icon {
        transform: rotate(90deg);
      }
      .key {
        color: var(--_text);
        font-weight: 500;
      }
      .size {
        color: var(--_muted);
      }
      .text {
        color: var(--_success-fg);
        white-space: pre-wrap;
      }
      .number {
        color: var(--_adhoc-fg);
      }
      .word {
        color: var(--_running-fg);
      }
      .link {
        margin-inline-start: 16px;
        font: inherit;
      }
      @media (prefers-reduced-motion: reduce) {
        summary .icon {
          transition: none;
        }
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    value: { attribute: false },
    raw: { type: String },
    depth: { type: Number },
    label: { type: String },
  }

  /** What `JSON.parse` yields. */
  declare value: unknown
  /** JSON as text, instead of `value`; shown as it is when it is no JSON. [none] */
  declare raw: string | null
  /** Levels that are open at first. [2] */
  declare depth: number
  /** Says what it is. [`JSON`] */
  declare label: string

  /** Folded and opened by hand, by path. */
  readonly #open = new Map<string, boolean>()
  readonly #shown = new Map<string, number>()

  constructor() {
    super()
    this.value = undefined
    this.raw = null
    this.depth = 2
    this.label = 'JSON'
  }

  protected override render() {
    const value = this.raw === null ? this.value : parsed(this.raw)
    const text = JSON.stringify(value, null, 2) ?? t('none')
    return html`<div class="tree" role="group" aria-label=${this.label} tabindex="0">
      ${this.#node(value, null, '', 0)}
      <taskflow-copy .value=${text} label=${t('Copy {what}', { what: this.label })}></taskflow-copy>
    </div>`
  }

  #node(value: unknown, key: string | null, path: string, depth: number): unknown {
    const name =
      key === null ? nothing : html`<span class="key" part="key">${visibleText(key)}</span>: `
    if (value === null || typeof value !== 'object') {
      return html`<div class="node">${name}${this.#leaf(value, path)}</div>`
    }
    const members: [string, unknown][] = Array.isArray(value)
      ? value.map((one, index) => [String(index), one])
      : Object.entries(value)
    const size = Array.isArray(value)
      ? `[${t('{count} item|{count} items', { count: members.length })}]`
      : `{${t('{count} member|{count} members', { count: members.length })}}`
    if (members.length === 0) {
      return html`<div class="node">${name}<span class="size">${Array.isArray(value) ? '[]' : '{}'}</span></div>`
    }
    const open = this.#open.get(path) ?? depth < this.depth
    const count = this.#shown.get(path) ?? FIRST
    return html`<details
      ?open=${open}
      @toggle=${(event: Event) => {
        event.stopPropagation()
        const now = (event.currentTarget as HTMLDetailsElement).open
        if (now === open) return
        this.#open.set(path, now)
        this.requestUpdate()
      }}
    >
      <summary>${icon('chevronRight', 'small')}${name}<span class="size">${size}</span></summary>
      ${
        open
          ? html`<div class="members">
              ${members.slice(0, count).map(([member, one]) => this.#node(one, member, `${path}/${member}`, depth + 1))}
              ${
                members.length > count
                  ? this.#more(
                      path,
                      count + FIRST,
                      t('Show more of {count} item|Show more of {count} items', {
                        count: members.length,
                      }),
                    )
                  : nothing
              }
            </div>`
          : nothing
      }
    </details>`
  }

  #leaf(value: unknown, path: string) {
    if (typeof value === 'string') {
      const whole = value.length <= LONG || this.#shown.has(path)
      const text = visibleText(whole ? value : value.slice(0, LONG))
      return html`<span class="text" part="value">"${text}${whole ? '"' : '…'}</span
        >${whole ? nothing : this.#more(path, value.length, t('Show all {count} character|Show all {count} characters', { count: value.length }))}`
    }
    const kind = typeof value === 'number' ? 'number' : 'word'
    return html`<span class=${kind} part="value">${value === undefined ? t('none') : String(value)}</span>`
  }

  #more(path: string, count: number, label: string) {
    return html`<button
      class="link"
      type="button"
      @click=${() => {
        this.#shown.set(path, count)
        this.requestUpdate()
      }}
    >
      ${label}
    </button>`
  }
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return raw
  }
}
