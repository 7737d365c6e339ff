import { css } from 'lit'

/** 36 px rows, columns that leave by priority, two-line cards when it gets narrow. */
export const tableStyles = css`
  table {
    inline-size: 100%;
    border-collapse: separate;
    border-spacing: 0;
    table-layout: fixed;
  }
  th {
    position: sticky;
    inset-block-start: 0;
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
  th.state {
    inline-size: 128px;
  }
  th.id {
    inline-size: 116px;
  }
  th.attempts {
    inline-size: 88px;
  }
  th.duration {
    inline-size: 96px;
  }
  th.created {
    inline-size: 96px;
  }
  th.error,
  td.error {
    padding-inline-start: 24px;
  }
  th.attempts,
  th.duration,
  th.created,
  td.attempts,
  td.duration,
  td.created {
    text-align: end;
  }
  td {
    block-size: var(--_row-height);
    padding: 0 8px;
    border-block-end: 1px solid var(--_border);
    vertical-align: middle;
    white-space: nowrap;
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
  tbody tr[aria-selected='true'] {
    background: var(--_selected);
    box-shadow: inset 2px 0 var(--_accent-text);
  }
  :host(:dir(rtl)) tbody tr[aria-selected='true'] {
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
  td.id {
    color: var(--_muted);
  }
  td.attempts,
  td.created,
  td.error {
    color: var(--_muted);
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
    .copy {
      opacity: 1;
    }
  }
  @container taskflow-list (min-width: 1000px) {
    th.task {
      inline-size: 30%;
    }
  }
  @container taskflow-list (max-width: 999px) {
    .error {
      display: none;
    }
    th.created,
    td.created {
      padding-inline-end: 16px;
    }
  }
  @container taskflow-list (max-width: 679px) {
    th.attempts,
    td.attempts {
      display: none;
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
    tbody td.created,
    tbody td.created:last-child {
      grid-area: 2 / 5;
      padding-inline-end: 0;
    }
    tbody td.error,
    tbody td.error:last-child {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .changed-a,
    .changed-b {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    tbody tr[aria-selected='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`
