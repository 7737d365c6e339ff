import { css, unsafeCSS } from 'lit'
import { COLUMNS } from './columns.ts'

const widths = COLUMNS.filter((column) => !('grows' in column))
  .map(({ id, width }) => `th.${id}{inline-size:${width}px}`)
  .join('\n')

/** 36 px rows, columns that leave by priority, two-line cards when it gets narrow. */
export const tableStyles = css`
  ${unsafeCSS(widths)}
  table {
    inline-size: 100%;
    min-inline-size: var(--_table-width, 0);
    border-collapse: separate;
    border-spacing: 0;
    table-layout: fixed;
  }
  th {
    position: sticky;
    inset-block-start: 0;
    /* Rows have places of their own, and would be drawn over it. */
    z-index: 1;
    block-size: 32px;
    padding: 0 8px;
    border-block-end: 1px solid var(--_border);
    background: var(--_surface);
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
    font-weight: 500;
    text-align: start;
    white-space: nowrap;
  }
  th:first-child,
  td:first-child {
    padding-inline-start: 16px;
  }
  th:last-child,
  td:last-child {
    padding-inline-end: 16px;
  }
  th button {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    min-block-size: 24px;
    padding: 0 4px;
    margin-inline: -4px;
    border: 0;
    border-radius: 4px;
    background: none;
    font-weight: 500;
    cursor: pointer;
  }
  th button:hover,
  th.sorted button {
    color: var(--_text);
  }
  th button .icon {
    inline-size: 12px;
    block-size: 12px;
  }
  th.pick {
    inline-size: 44px;
  }
  th.actions {
    inline-size: 76px;
  }
  th.pick,
  td.pick {
    line-height: 0;
  }
  th.error,
  td.error {
    padding-inline-start: 24px;
  }
  th.end,
  td.end {
    text-align: end;
  }
  td {
    block-size: var(--_row-height);
    padding: 0 8px;
    border-block-end: 1px solid var(--_border);
    vertical-align: middle;
    overflow: hidden;
    white-space: nowrap;
  }
  td.pick {
    cursor: default;
  }
  tbody tr {
    position: relative;
    cursor: pointer;
  }
  tbody tr:hover {
    background: var(--_hover);
  }
  tbody tr:focus-visible {
    outline-offset: -2px;
  }
  tbody tr.picked {
    background: var(--_selected);
  }
  tbody tr[aria-current='true'] {
    background: var(--_selected);
    box-shadow: inset 2px 0 var(--_accent-text);
  }
  :host(:dir(rtl)) tbody tr[aria-current='true'] {
    box-shadow: inset -2px 0 var(--_accent-text);
  }
  tbody tr.stale :is(td, .name, .status) {
    color: var(--_faint);
    font-weight: 400;
  }
  .changed-a {
    animation: taskflow-changed-a 600ms ease-out;
  }
  .changed-b {
    animation: taskflow-changed-b 600ms ease-out;
  }
  /* Two of the same: another name starts it again when a row changes twice. */
  @keyframes taskflow-changed-a {
    from {
      background: var(--_selected);
    }
  }
  @keyframes taskflow-changed-b {
    from {
      background: var(--_selected);
    }
  }
  .task-line {
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
  }
  .name {
    font-weight: 500;
  }
  td:not(.status-cell, .task, .duration, .logs) {
    color: var(--_muted);
  }
  .block {
    display: block;
  }
  .tags {
    display: block;
  }
  .priority[data-priority='high'] {
    color: var(--_text);
    font-weight: 600;
  }
  .priority[data-priority='low'] {
    color: var(--_faint);
  }
  .row-actions {
    display: inline-flex;
    justify-content: flex-end;
    inline-size: 100%;
  }
  .row-actions .copy {
    margin: 0;
  }
  .row-actions .copy[aria-expanded='true'] {
    opacity: 1;
  }
  td.actions {
    text-align: end;
  }
  .chain {
    display: block;
    inline-size: 112px;
    block-size: 10px;
    overflow: visible;
  }
  .chain line {
    stroke: var(--_border-strong);
  }
  .chain circle {
    fill: var(--_border-strong);
  }
  .chain line.ahead {
    stroke: var(--_border);
  }
  .chain circle.ahead {
    fill: var(--_surface);
    stroke: var(--_border-strong);
  }
  .chain circle.now {
    fill: var(--_solid);
  }
  .chain.pulses .now {
    animation: taskflow-pulse 1.6s ease-in-out infinite;
  }
  @keyframes taskflow-pulse {
    50% {
      opacity: 0.45;
    }
  }
  .copy {
    display: inline-grid;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    margin-block: -4px;
    margin-inline-start: 2px;
    padding: 0;
    border: 0;
    border-radius: 4px;
    background: none;
    color: var(--_muted);
    opacity: 0;
    vertical-align: middle;
    cursor: pointer;
  }
  tr:hover .copy,
  tr:focus-within .copy,
  .copy:focus-visible,
  .copy.done {
    opacity: 1;
  }
  .copy:hover {
    background: var(--_border);
    color: var(--_text);
  }
  .copy.done {
    color: var(--_success-fg);
  }
  @media (hover: none) {
    .copy.copy {
      opacity: 1;
    }
  }
  @container taskflow-list (max-width: 559px) {
    thead {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    table,
    tbody {
      display: block;
    }
    tbody tr {
      display: grid;
      grid-template-columns: 16px auto auto minmax(0, 1fr) auto;
      grid-template-rows: 20px 16px;
      align-content: center;
      gap: 2px 8px;
      min-block-size: 56px;
      padding-inline: 12px;
      border-block-end: 1px solid var(--_border);
    }
    tbody td,
    tbody td:first-child,
    tbody td:last-child {
      display: block;
      block-size: auto;
      padding: 0;
      border: 0;
      font-size: 12px;
      line-height: 16px;
    }
    tbody .status-cell,
    tbody .status-cell:first-child,
    .status-cell .status {
      display: contents;
    }
    .status-cell .icon {
      grid-area: 1 / 1;
      align-self: center;
      color: var(--_fg);
    }
    .status-cell .status > span {
      grid-area: 2 / 2;
    }
    tbody td.task {
      grid-area: 1 / 2 / auto / 5;
      font-size: 13px;
      line-height: 20px;
    }
    tbody td.id {
      grid-area: 2 / 3;
    }
    td.id .copy {
      display: none;
    }
    td.id .mono {
      line-height: 16px;
    }
    tbody td.attempts {
      grid-area: 2 / 4;
      display: block;
      text-align: start;
    }
    tbody td.attempts:not(:has(span))::before {
      content: 'attempt ';
    }
    tbody td.attempts > span {
      display: none;
    }
    tbody td.duration {
      grid-area: 1 / 5;
      font-size: 13px;
      line-height: 20px;
    }
    tbody td.created {
      grid-area: 2 / 5;
    }
    tbody td.actions,
    tbody td.actions:last-child {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .changed-a,
    .changed-b,
    .chain.pulses .now {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .chain circle.now {
      fill: Highlight;
    }
    tbody tr[aria-current='true'],
    tbody tr.picked {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`
