import { css, html, LitElement, type PropertyDeclarations } from 'lit'
import {
  formatAbsolute,
  formatRelative,
  parseInstant,
  type TimeFormat,
  withTimeFormat,
} from '../format/time.ts'
import { tokens } from '../styles/tokens.ts'
import { connectedParent } from './connection/parents.ts'
import { Ticker } from './ticker.ts'

/**
 * An instant: `12s ago`, with the full time and its zone on hover.
 *
 * @slot - shown while `datetime` is missing or no date
 */
export class TaskflowTimeElement extends LitElement {
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
    timeZone: { type: String, attribute: 'time-zone' },
    hourCycle: { type: String, attribute: 'hour-cycle' },
  }

  /** ISO 8601. */
  declare datetime: string
  /** [`relative`] */
  declare format: 'relative' | 'absolute' | 'both'
  /** IANA name of the zone it is written in. [that of the element outside, else the reader's] */
  declare timeZone: string
  /** `h12` for AM and PM, or `h23`. [that of the element outside, else `h23`] */
  declare hourCycle: string

  constructor() {
    super()
    this.datetime = ''
    this.format = 'relative'
    this.timeZone = ''
    this.hourCycle = ''
    new Ticker(this)
  }

  protected override render() {
    const at = parseInstant(this.datetime)
    if (at === null) return html`<slot></slot>`
    const absolute = withTimeFormat(this.#format(), () => formatAbsolute(at))
    const relative = formatRelative(at, Date.now())
    const text =
      this.format === 'absolute'
        ? absolute
        : this.format === 'both'
          ? `${relative}, ${absolute}`
          : relative
    return html`<time datetime=${this.datetime} title=${absolute}>${text}</time>`
  }

  #format(): TimeFormat {
    const { timeZone, hourCycle } = this
    const parent = connectedParent(this)
    const outer = parent !== null && typeof parent !== 'string' ? parent.timeFormat : null
    return {
      timeZone: timeZone || (outer?.timeZone ?? ''),
      hourCycle: hourCycle || (outer?.hourCycle ?? ''),
    }
  }
}
