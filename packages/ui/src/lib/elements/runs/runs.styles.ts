import { css } from 'lit'

/** Filters above, rows between, pager below; the detail beside or over them. */
export const runsStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    background: var(--_surface);
  }
  .body {
    position: relative;
    flex: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
    min-block-size: 0;
    overflow: hidden;
  }
  .body[data-mode='split'][data-open='true'] {
    grid-template-columns: minmax(0, 1fr) var(--_pane-width, 560px);
  }
  .list {
    position: relative;
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    min-block-size: 0;
    container: taskflow-list / inline-size;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 8px;
    padding: 12px 16px 8px;
    background: var(--_page);
  }
  taskflow-query {
    flex: 1 1 280px;
  }
  .toolbar .button {
    min-block-size: 32px;
  }
  .toolbar .button.icon-only {
    inline-size: 32px;
  }
  .toolbar .button .count {
    min-inline-size: 18px;
    border-radius: 9px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 11px;
    line-height: 18px;
    text-align: center;
  }
  .toolbar select {
    block-size: 32px;
  }
  .facets-bar {
    border-block-end: 1px solid var(--_border);
    background: var(--_page);
  }
  .facets {
    display: flex;
    gap: 6px;
    overflow-x: auto;
    padding-block-end: 12px;
    padding-inline: 16px 32px;
    scrollbar-width: none;
    /* Says that there is more, without a scroll bar. */
    mask-image: linear-gradient(to left, transparent, #000 32px);
  }
  :host(:dir(rtl)) .facets {
    mask-image: linear-gradient(to right, transparent, #000 32px);
  }
  .facet {
    flex: none;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    block-size: 28px;
    padding-inline: 10px;
    border: 1px solid var(--_border);
    border-radius: 6px;
    background: var(--_surface);
    font-weight: 500;
    cursor: pointer;
    transition: background var(--_duration) ease-out;
  }
  .facet:hover {
    background: var(--_hover);
  }
  .facet .icon {
    color: var(--_fg);
  }
  .facet .icon.still {
    animation: none;
  }
  .facet .count {
    color: var(--_muted);
    font-size: 12px;
    font-weight: 400;
  }
  .facet.zero:not([aria-pressed='true']) {
    color: var(--_muted);
  }
  .facet.zero .icon {
    color: var(--_faint);
  }
  .facet[aria-pressed='true'] {
    border-color: var(--_accent-text);
    background: var(--_selected);
    box-shadow: inset 0 0 0 0.5px var(--_accent-text);
  }
  .facet:focus-visible {
    outline-offset: 0;
  }
  .bar {
    block-size: 2px;
    margin-block-end: -2px;
    overflow: hidden;
  }
  .bar.on::after {
    content: '';
    display: block;
    inline-size: 30%;
    block-size: 2px;
    background: var(--_accent-text);
    opacity: 0;
    animation: taskflow-slide 1s 150ms linear infinite;
  }
  @keyframes taskflow-slide {
    from {
      opacity: 1;
      transform: translateX(-100%);
    }
    to {
      opacity: 1;
      transform: translateX(340%);
    }
  }
  .scroller {
    position: relative;
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
  }
  .pill {
    position: sticky;
    inset-block-start: 40px;
    inset-inline-start: 50%;
    display: flex;
    align-items: center;
    gap: 8px;
    block-size: 28px;
    margin-block-end: -28px;
    padding-inline: 12px 14px;
    border: 0;
    border-radius: 14px;
    background: var(--_accent);
    box-shadow: var(--_shadow);
    color: var(--_on-accent);
    font-weight: 500;
    transform: translateX(-50%);
    cursor: pointer;
    z-index: 1;
  }
  .pill:hover {
    background: var(--_accent-hover);
  }
  .bulk {
    position: absolute;
    inset-block-end: 58px;
    inset-inline-start: 50%;
    display: flex;
    align-items: center;
    gap: 8px;
    inline-size: max-content;
    max-inline-size: calc(100% - 32px);
    min-block-size: 44px;
    padding: 7px 8px 7px 14px;
    overflow-x: auto;
    border: 1px solid var(--_border);
    border-radius: 10px;
    background: var(--_raised);
    box-shadow: var(--_shadow);
    transform: translateX(-50%);
    animation: taskflow-rise 120ms ease-out;
  }
  :host(:dir(rtl)) .bulk {
    transform: translateX(50%);
  }
  .bulk > * {
    flex: none;
  }
  .bulk .chosen {
    font-weight: 500;
  }
  .bulk .line {
    align-self: stretch;
    border-inline-start: 1px solid var(--_border);
  }
  @keyframes taskflow-rise {
    from {
      opacity: 0;
    }
  }
  .panel {
    min-inline-size: 220px;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 28px;
    padding-inline: 8px;
    border-radius: 6px;
    cursor: pointer;
  }
  .choice:hover {
    background: var(--_hover);
  }
  .choice .check:disabled {
    visibility: visible;
    opacity: 0.5;
  }
  .panel > .button {
    inline-size: 100%;
    margin-block-start: 4px;
  }
  .filter-grid {
    display: grid;
    grid-template-columns: auto minmax(160px, 1fr);
    align-items: center;
    gap: 8px 16px;
    inline-size: min(340px, calc(100vw - 32px));
    padding: 8px;
  }
  .filter-grid label {
    color: var(--_muted);
  }
  .filter-grid .select,
  .filter-grid select,
  .filter-grid .field {
    inline-size: 100%;
    max-inline-size: none;
  }
  .filter-grid .last {
    display: flex;
    gap: 8px;
  }
  .pager {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 8px 16px;
    border-block-start: 1px solid var(--_border);
    color: var(--_muted);
    background: var(--_surface);
  }
  .pager .range {
    flex: 1;
  }
  .pager .rows {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    margin-inline-end: 4px;
  }
  .pager select {
    color: var(--_text);
  }
  .skeleton.rows div {
    display: grid;
    grid-template-columns: 90px 200px 1fr 70px 60px;
    align-items: center;
    gap: 24px;
    block-size: var(--_row-height);
    padding-inline: 16px;
    border-block-end: 1px solid var(--_border);
  }
  .skeleton.rows span:nth-child(3) {
    visibility: hidden;
  }
  @container taskflow-list (max-width: 799px) {
    taskflow-query {
      flex-basis: 200px;
    }
    .task-select select {
      max-inline-size: 130px;
    }
  }
  @container taskflow-list (max-width: 559px) {
    .toolbar {
      padding-inline: 12px;
    }
    .facets {
      padding-inline-start: 12px;
    }
    taskflow-query {
      flex-basis: 100%;
    }
    .toolbar .select {
      flex: 1;
    }
    .task-select,
    .wide-only {
      display: none;
    }
    .toolbar select {
      inline-size: 100%;
      max-inline-size: none;
    }
    .pager {
      padding-inline: 12px;
    }
    .skeleton.rows div {
      grid-template-columns: 60px 1fr 0 40px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .bar.on::after,
    .bulk {
      animation: none;
      opacity: 1;
    }
  }
  @media (forced-colors: active) {
    .facet[aria-pressed='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .pill {
      border: 1px solid;
    }
  }
`
