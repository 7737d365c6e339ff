import { css } from 'lit'

/** What a host page's styles pass on, set to ours, but for the colour. */
export const text = css`
  font: 400 var(--_font-size) / 20px var(--_font-sans);
  font-variant-numeric: tabular-nums;
  letter-spacing: normal;
  text-align: start;
  text-indent: 0;
  text-transform: none;
  white-space: normal;
  word-spacing: normal;
`

/** Scheme and box of every element. */
export const hostStyles = css`
  :host {
    color-scheme: var(--_scheme, light dark);
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
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
`
