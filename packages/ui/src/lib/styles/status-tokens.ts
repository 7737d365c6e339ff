import { css, unsafeCSS } from 'lit'
import { hostStyles, text } from './host.ts'
import { statusTokenDeclarations } from './status-token-css.ts'

/** The part of the tokens that an element needs which shows a status and nothing else. */
export const statusTokens = css`
  :host {
    ${unsafeCSS(statusTokenDeclarations())}
    ${text}
  }
  ${hostStyles}
`
