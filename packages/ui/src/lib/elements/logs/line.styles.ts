import { css, unsafeCSS } from 'lit'

const LIGHT =
  '#14171f #b3261e #0a7736 #805600 #0462d3 #8a3ab0 #097378 #4a5160 #5f6675 #c92228 #0a7736 #8d5e05 #1e59cd #794ccd #097378 #2a2f3a'
const DARK =
  '#8b93a3 #f98076 #51bd6f #d9982a #6ca7fe #d19bf5 #46b6bc #c9cfda #959dae #ffa198 #6fd58b #efb454 #8fbcff #e0b3ff #6fd3d8 #ffffff'
const dark = DARK.split(' ')
const ansi = LIGHT.split(' ')
  .map((light, index) => `.a${index}{color:light-dark(${light},${dark[index]})}`)
  .join('\n')

/** Lines as a grid: number, time, level, text. Selecting text leaves the first two out. */
export const lineStyles = css`
  ${unsafeCSS(ansi)}
  .line {
    position: relative;
    display: grid;
    grid-template-columns: 56px 92px 44px minmax(0, 1fr);
    column-gap: 8px;
    min-block-size: 18px;
    padding-inline-end: 16px;
    box-shadow: inset 2px 0 transparent;
  }
  :host(:not([wrap])) .line {
    grid-template-columns: 56px 92px 44px max-content;
    block-size: 18px;
  }
  .timeless .line.line {
    grid-template-columns: 56px 44px minmax(0, 1fr);
  }
  :host(:not([wrap])) .timeless .line.line {
    grid-template-columns: 56px 44px max-content;
  }
  .timeless time {
    display: none;
  }
  .line:hover {
    background: var(--_hover);
  }
  .line[data-stream='stderr'] .number,
  .line[data-level='error'] .number {
    box-shadow: inset -2px 0 var(--_failed-solid);
  }
  .line[data-level='error'] {
    background: color-mix(in oklab, var(--_failed-bg) 45%, transparent);
  }
  .line.marked,
  .line.at {
    background: var(--_selected);
  }
  .number {
    position: sticky;
    inset-inline-start: 0;
    padding-inline-end: 10px;
    background: var(--_sunken);
    color: var(--_faint);
    text-align: end;
    user-select: none;
  }
  .marked .number {
    color: var(--_text);
    font-weight: 600;
  }
  time {
    color: var(--_faint);
    user-select: none;
  }
  .level {
    color: var(--_muted);
    user-select: none;
  }
  [data-level='info'] .level {
    color: var(--_running-fg);
  }
  [data-level='warn'] .level {
    color: var(--_retrying-fg);
  }
  [data-level='error'] .level {
    color: var(--_failed-fg);
  }
  [data-level='debug'] .text {
    color: var(--_muted);
  }
  .text {
    white-space: pre;
    unicode-bidi: plaintext;
  }
  :host([wrap]) .text {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  :host([wrap]) .content,
  :host([wrap]) .window {
    inline-size: auto;
    min-inline-size: 0;
  }
  :host([wrap]) .line {
    content-visibility: auto;
    contain-intrinsic-block-size: auto 18px;
  }
  .text .link {
    font: inherit;
  }
  .bold {
    font-weight: 600;
  }
  .dim {
    opacity: 0.75;
  }
  .italic {
    font-style: italic;
  }
  .underline {
    text-decoration: underline;
  }
  .inverse {
    padding-inline: 2px;
    background: color-mix(in oklab, var(--_text) 12%, transparent);
    border-radius: 2px;
  }
  mark {
    border-radius: 2px;
    background: light-dark(#ffe08a, #5c4708);
    color: light-dark(#14171f, #e8ebf1);
  }
  mark.current {
    background: light-dark(#ffb84d, #f0b429);
    color: #14171f;
  }
  .line.first {
    box-shadow: inset 0 1px var(--_retrying-solid);
  }
  .retry {
    position: absolute;
    inset-block-start: 1px;
    inset-inline-end: 0;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding-inline: 8px 16px;
    background: var(--_sunken);
    color: var(--_retrying-fg);
    font: 11px / 16px var(--_font-sans);
    user-select: none;
  }
  :host(:not([wrap])) .retry {
    position: sticky;
    grid-row: 1;
    grid-column: -1;
    justify-self: end;
    inset-inline-end: 0;
  }
  @container (max-width: 559px) {
    .line.line.line,
    :host(:not([wrap])) .timeless .line.line {
      grid-template-columns: 40px minmax(0, 1fr);
    }
    :host(:not([wrap])) .line.line.line {
      grid-template-columns: 40px max-content;
    }
    .line time,
    .line .level {
      display: none;
    }
  }
  @media (forced-colors: active) {
    mark.current {
      outline: 2px solid Highlight;
    }
  }
`
