import { css, html, type PropertyDeclarations } from 'lit'
import { t } from '../messages/messages.ts'
import { TaskflowCopyEvent } from '../part-events.ts'
import { copyText } from '../parts/copy.ts'
import { icon } from '../parts/icons.ts'
import { controls } from '../styles/controls.ts'
import { statusStyles } from '../styles/status-css.ts'
import { tokens } from '../styles/tokens.ts'
import { LocalizedElement } from './localized-element.ts'

const SHOWN_MS = 1500

/**
 * A small button that copies `value` and says so.
 *
 * @fires taskflow-copy - it was copied
 * @csspart button - the button
 */
export class TaskflowCopyElement extends LocalizedElement {
  static override styles = [
    tokens,
    controls,
    statusStyles,
    css`
      :host {
        display: inline-flex;
        vertical-align: middle;
      }
      button {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        inline-size: 24px;
        block-size: 24px;
        padding: 0;
        border: 0;
        border-radius: 4px;
        background: none;
        color: var(--_muted);
        cursor: pointer;
      }
      button:hover {
        background: var(--_hover);
        color: var(--_text);
      }
      .done {
        color: var(--_success-fg);
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    value: { type: String },
    label: { type: String },
    copied: { state: true },
  }

  /** What to copy. */
  declare value: string
  /** Says what is copied. [`Copy id`] */
  declare label: string
  declare copied: 'no' | 'yes' | 'failed'

  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.value = ''
    this.label = ''
    this.copied = 'no'
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  protected override render() {
    const { copied, label } = this
    const text =
      copied === 'yes'
        ? t('Copied')
        : copied === 'failed'
          ? t('Could not copy')
          : label || t('Copy id')
    return html`<button
      part="button"
      type="button"
      class=${copied === 'yes' ? 'done' : ''}
      aria-label=${text}
      title=${text}
      @click=${this.#copy}
    >
      ${icon(copied === 'yes' ? 'check' : copied === 'failed' ? 'cross' : 'copy', 'small')}
    </button>`
  }

  #copy = async (event: Event) => {
    event.stopPropagation()
    const button = event.currentTarget as HTMLElement
    const done = await copyText(this.value, button)
    this.copied = done ? 'yes' : 'failed'
    if (done) this.dispatchEvent(new TaskflowCopyEvent(this.value))
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.copied = 'no'
    }, SHOWN_MS)
  }
}
