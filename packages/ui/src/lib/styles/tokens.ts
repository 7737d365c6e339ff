import { css, unsafeCSS } from 'lit'
import { hostStyles, text } from './host.ts'
import { tokenDeclarations } from './token-css.ts'

/** What a host page's styles pass on, set to ours. */
const inherited = css`
  color: var(--_text);
  ${text}
`

/** Tokens and the reset of what a host page's styles pass on. First in `styles` of every element. */
export const tokens = css`
  :host {
    ${unsafeCSS(tokenDeclarations())}
    ${inherited}
  }
  ${hostStyles}
  :host([density='compact']) {
    --taskflow-row-height: 28px;
    --taskflow-control-height: 24px;
  }
`

/**
 * The reset once more, inside: a host page's `* { … }` matches the element itself and wins over
 * `:host`. For elements that stand in pages; small ones inside a line take its colour and font.
 */
export const hostReset = css`
  :where(:host > *) {
    ${inherited}
  }
`
