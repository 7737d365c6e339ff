import { css, html, type PropertyDeclarations } from 'lit'
import { formatDuration, formatElapsed } from '../format/duration.ts'
import { parseInstant } from '../format/time.ts'
import { tokens } from '../styles/tokens.ts'
import { LocalizedElement } from './localized-element.ts'
import { Ticker } from './ticker.ts'

/**
 * The time between two instants; counts while `end` is missing.
 *
 * @slot - shown while `start` is missing or no date
 */
export class TaskflowDurationElement extends LocalizedElement {
  static override styles = [
    tokens,
    css`
      :host {
        font: inherit;
        color: inherit;
        /* Right to left, a number stays before its unit where the language has it there. */
        unicode-bidi: plaintext;
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    start: { type: String },
    end: { type: String },
  }

  /** ISO 8601. */
  declare start: string
  /** ISO 8601; empty while it lasts. */
  declare end: string

  constructor() {
    super()
    this.start = ''
    this.end = ''
    new Ticker(this)
  }

  protected override render() {
    const start = parseInstant(this.start)
    if (start === null) return html`<slot></slot>`
    const end = parseInstant(this.end)
    return end === null
      ? formatElapsed((Date.now() - start) / 1000)
      : formatDuration((end - start) / 1000)
  }
}
