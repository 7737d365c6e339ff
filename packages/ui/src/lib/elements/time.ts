import { css, html, type PropertyDeclarations } from 'lit'
import { formatAbsolute, formatRelative, parseInstant } from '../format/time.ts'
import { tokens } from '../styles/tokens.ts'
import { LocalizedElement } from './localized-element.ts'
import { Ticker } from './ticker.ts'

/**
 * An instant: `12s ago`, with the full time and its zone on hover.
 *
 * @slot - shown while `datetime` is missing or no date
 */
export class TaskflowTimeElement extends LocalizedElement {
  static override styles = [
    tokens,
    css`
      :host {
        font: inherit;
        color: inherit;
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    datetime: { type: String },
    format: { type: String },
  }

  /** ISO 8601. */
  declare datetime: string
  /** [`relative`] */
  declare format: 'relative' | 'absolute' | 'both'

  constructor() {
    super()
    this.datetime = ''
    this.format = 'relative'
    new Ticker(this)
  }

  protected override render() {
    const at = parseInstant(this.datetime)
    if (at === null) return html`<slot></slot>`
    const absolute = formatAbsolute(at)
    const relative = formatRelative(at, Date.now())
    const text =
      this.format === 'absolute'
        ? absolute
        : this.format === 'both'
          ? `${relative}, ${absolute}`
          : relative
    return html`<time datetime=${this.datetime} title=${absolute}>${text}</time>`
  }
}
