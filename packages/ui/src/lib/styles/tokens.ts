import { css, unsafeCSS } from 'lit'
import { tokenDeclarations } from './token-css.ts'

/** Tokens and the reset of what a host page's styles pass on. First in `styles` of every element. */
export const tokens = css`
  :host {
    ${unsafeCSS(tokenDeclarations())}
    color-scheme: var(--_scheme, light dark);
    color: var(--_text);
    font: 400 var(--_font-size) / 20px var(--_font-sans);
    font-variant-numeric: tabular-nums;
    letter-spacing: normal;
    text-align: start;
    text-indent: 0;
    text-transform: none;
    white-space: normal;
    word-spacing: normal;
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
