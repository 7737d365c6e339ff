import { css } from 'lit'

/** Lines as a grid: number, time, level, text. Selecting text leaves the first two out. */
export const logStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    container-type: inline-size;
  }
  p {
    margin: 0;
  }
  .lines {
    flex: 1 1 auto;
    min-block-size: 120px;
    overflow: auto;
    padding-block: 8px;
    background: var(--_sunken);
    font: 12px / 18px var(--_font-mono);
    overscroll-behavior: contain;
  }
  .lines:focus-visible {
    outline-offset: -2px;
  }
  .hint {
    padding: 12px 16px;
    color: var(--_muted);
    font: 12px / 18px var(--_font-sans);
  }
  .line {
    display: grid;
    grid-template-columns: 44px 96px 44px minmax(0, 1fr);
    column-gap: 8px;
    padding-inline-end: 12px;
    border-inline-start: 2px solid transparent;
  }
  .line:hover {
    background: var(--_hover);
  }
  .line[data-stream='stderr'],
  .line[data-level='error'] {
    border-inline-start-color: var(--_failed-solid);
  }
  .line[data-level='error'] {
    background: color-mix(in oklab, var(--_failed-bg) 45%, transparent);
  }
  .number {
    color: var(--_faint);
    text-align: end;
    user-select: none;
  }
  time {
    color: var(--_faint);
    user-select: none;
  }
  .level {
    color: var(--_muted);
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
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .retry,
  .waiting {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 12px 4px 54px;
    font: 12px / 18px var(--_font-sans);
  }
  .retry {
    color: var(--_retrying-fg);
  }
  .retry::after {
    content: '';
    flex: 1;
    border-block-start: 1px solid var(--_border);
  }
  .waiting {
    color: var(--_muted);
  }
  .waiting .icon {
    color: var(--_running-fg);
  }
  .foot {
    display: flex;
    gap: 16px;
    align-items: center;
    padding: 6px 16px;
    border-block-start: 1px solid var(--_border);
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  .foot > :first-child {
    flex: 1;
  }
  .streaming {
    display: inline-flex;
    gap: 6px;
    align-items: center;
  }
  @container (max-width: 479px) {
    .line {
      grid-template-columns: 32px minmax(0, 1fr);
    }
    .line time,
    .line .level {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .line {
      border-inline-start-color: Canvas;
    }
  }
`
