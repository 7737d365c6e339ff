import { css } from 'lit'

/** What stands around the lines. */
export const logStyles = css`
  :host(:fullscreen) {
    background: var(--_surface);
    color: var(--_text);
    --taskflow-log-height: calc(100vh - 96px);
  }
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    container-type: inline-size;
  }
  p {
    margin: 0;
  }
  .toolbar {
    flex: none;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 8px 12px;
    border-block-end: 1px solid var(--_border);
    background: var(--_surface);
  }
  .segments .bad {
    color: var(--_failed-fg);
  }
  .search {
    flex: 1 1 200px;
    display: flex;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
    max-inline-size: 420px;
    margin-inline-start: auto;
    padding-inline-end: 2px;
  }
  .search .icon {
    color: var(--_muted);
  }
  .search input {
    flex: 1;
    min-inline-size: 0;
    padding: 0;
    border: 0;
    outline: 0;
    background: none;
  }
  .search input::placeholder {
    color: var(--_faint);
    opacity: 1;
  }
  .search input::-webkit-search-cancel-button {
    appearance: none;
  }
  .said {
    color: var(--_muted);
    white-space: nowrap;
  }
  .step {
    display: grid;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    padding: 0;
    border: 0;
    border-radius: 4px;
    background: none;
    cursor: pointer;
  }
  .step:hover {
    background: var(--_hover);
  }
  .step.on {
    background: var(--_selected);
    color: var(--_accent-text);
  }
  .problem {
    order: 3;
    flex-basis: 100%;
    color: var(--_failed-fg);
    text-align: end;
  }
  .step:disabled {
    opacity: 0.5;
    cursor: default;
  }
  .frame {
    position: relative;
    /* The height of a host that gives none; the lines themselves have no say in it. */
    flex: 1 1 var(--taskflow-log-height, 420px);
    min-block-size: 160px;
  }
  .lines {
    position: absolute;
    inset: 0;
    overflow: auto;
    background: var(--_sunken);
    font: 12px / 18px var(--_font-mono);
    overscroll-behavior: contain;
    overflow-anchor: none;
  }
  .lines:focus-visible {
    outline-offset: -2px;
  }
  .content {
    position: relative;
    min-inline-size: max-content;
  }
  .window {
    inline-size: max-content;
    min-inline-size: 100%;
  }
  :host(:not([wrap])) .window {
    position: absolute;
    inset-inline: 0;
  }
  .hint {
    padding: 12px 16px;
    color: var(--_muted);
    font: 12px / 18px var(--_font-sans);
  }
  .waiting {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 12px 4px 66px;
    color: var(--_muted);
    font: 12px / 18px var(--_font-sans);
  }
  .waiting .icon {
    color: var(--_running-fg);
  }
  .track {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 2px;
    inline-size: 6px;
    block-size: 100%;
    pointer-events: none;
  }
  .track path {
    stroke: var(--_retrying-solid);
    stroke-width: 2;
  }
  .pill {
    position: absolute;
    inset-block-end: 12px;
    inset-inline-start: 50%;
    display: flex;
    align-items: center;
    gap: 8px;
    block-size: 28px;
    padding-inline: 12px 14px;
    border: 0;
    border-radius: 14px;
    background: var(--_accent);
    box-shadow: var(--_shadow);
    color: var(--_on-accent);
    font-weight: 500;
    transform: translateX(-50%);
    cursor: pointer;
  }
  .foot {
    flex: none;
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    min-block-size: 36px;
    padding: 4px 16px;
    border-block-start: 1px solid var(--_border);
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  .foot > .range {
    flex: 1;
  }
  .jump {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .jump .field {
    inline-size: 72px;
    block-size: 24px;
  }
  .streaming {
    display: inline-flex;
    gap: 6px;
    align-items: center;
  }
  @container (max-width: 559px) {
    .search {
      order: 2;
      flex-basis: 100%;
      max-inline-size: none;
    }
  }
  @media (forced-colors: active) {
    .pill {
      border: 1px solid;
    }
  }
`
