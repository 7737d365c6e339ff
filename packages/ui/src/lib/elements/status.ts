import { css, html, nothing, type PropertyDeclarations } from 'lit'
import { isStatusName, statusHelp, statusLabel } from '../format/phase.ts'
import { colourOf, statusBadge } from '../parts/status.ts'
import { statusIcon } from '../parts/status-icons.ts'
import { statusStyles } from '../styles/status-css.ts'
import { statusTokens } from '../styles/status-tokens.ts'
import { TranslatedElement } from './translated-element.ts'

/**
 * A status as a badge, a dot or an icon, always with its word for screen readers.
 *
 * @csspart badge - the filled badge
 * @csspart icon - icon or dot
 */
export class TaskflowStatusElement extends TranslatedElement {
  static override styles = [
    statusTokens,
    statusStyles,
    css`
      :host {
        display: inline-flex;
        vertical-align: middle;
      }
      .hidden {
        position: absolute;
        inline-size: 1px;
        block-size: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    status: { type: String },
    variant: { type: String },
  }

  /** A status or phase, e.g. `failed` or `retrying`. */
  declare status: string
  /** [`badge`] */
  declare variant: 'badge' | 'dot' | 'icon'

  constructor() {
    super()
    this.status = 'pending'
    this.variant = 'badge'
  }

  protected override render() {
    const { status } = this
    if (!isStatusName(status)) return nothing
    if (this.variant === 'badge')
      return html`<span title=${statusHelp(status)}>${statusBadge(status)}</span>`
    return html`<span class="status" part="icon" data-status=${colourOf(status)}
      >${this.variant === 'dot' ? html`<span class="dot"></span>` : statusIcon(status)}<span class="hidden"
        >${statusLabel(status)}</span
      ></span
    >`
  }
}
