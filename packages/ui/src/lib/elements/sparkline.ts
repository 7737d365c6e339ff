import { css, html, LitElement, nothing, type PropertyDeclarations } from 'lit'
import { sparkline } from '../parts/sparkline.ts'
import { tokens } from '../styles/tokens.ts'

/**
 * A small line that shows how a number went, in the colour of the text around it.
 *
 * @slot - shown while there are no numbers
 * @csspart sparkline - the line
 */
export class TaskflowSparklineElement extends LitElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: inline-block;
        inline-size: 100px;
        block-size: 24px;
        color: var(--_accent-text);
        vertical-align: middle;
      }
      svg {
        display: block;
        inline-size: 100%;
        block-size: 100%;
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    data: { attribute: false },
    label: { type: String },
  }

  /** The numbers, oldest first; null leaves a gap. */
  declare data: readonly (number | null)[]
  /** What it shows, for people who do not see it. [decoration] */
  declare label: string

  constructor() {
    super()
    this.data = []
    this.label = ''
  }

  protected override render() {
    const line = sparkline(this.data, this.label)
    return line === nothing ? html`<slot></slot>` : line
  }
}
