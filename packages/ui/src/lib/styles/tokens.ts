import { css, unsafeCSS } from 'lit'
import { tokenDeclarations } from './token-css.ts'

/** What a host page's styles pass on, set to ours. */
const inherited = `
  color: var(--_text);
  font: 400 var(--_font-size) / 20px var(--_font-sans);
  font-variant-numeric: tabular-nums;
  letter-spacing: normal;
  text-align: start;
  text-indent: 0;
  text-transform: none;
  white-space: normal;
  word-spacing: normal;
`

/** Tokens and the reset of what a host page's styles pass on. First in `styles` of every element. */
export const tokens = css`
  :host {
    ${unsafeCSS(tokenDeclarations())}
    color-scheme: var(--_scheme, light dark);
    ${unsafeCSS(inherited)}
    -webkit-text-size-adjust: 100%;
  }
  :host([theme='auto']) {
    --_scheme: light dark;
  }
  :host([theme='light']) {
    --_scheme: light;
  }
  :host([theme='dark']) {
    --_scheme: dark;
  }
  :host([density='compact']) {
    --taskflow-row-height: 28px;
    --taskflow-control-height: 24px;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
`

/**
 * The reset once more, inside: a host page's `* { … }` matches the element itself and wins over
 * `:host`. For elements that stand in pages; small ones inside a line take its colour and font.
 */
export const hostReset = css`
  :where(:host > *) {
    ${unsafeCSS(inherited)}
  }
`
