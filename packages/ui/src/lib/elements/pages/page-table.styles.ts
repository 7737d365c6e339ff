import { css } from 'lit'

/** Tables of a page: they scroll sideways in their card when nothing else helps. */
export const pageTableStyles = css`
  .card:has(> table) {
    overflow-x: auto;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 4px 12px;
    text-align: start;
    vertical-align: middle;
  }
  thead th {
    block-size: 32px;
    border-block-end: 1px solid var(--_border);
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
    font-weight: 500;
    white-space: nowrap;
  }
  tbody th {
    font-weight: inherit;
  }
  tbody td,
  tbody th {
    block-size: var(--_row-height);
  }
  tbody tr + tr > *,
  tbody + tbody tr > * {
    border-block-start: 1px solid var(--_border);
  }
  tbody tr.row:hover {
    background: var(--_hover);
  }
  tbody tr.on,
  tbody tr.on:hover {
    background: var(--_selected);
  }
  .num {
    text-align: end;
    white-space: nowrap;
  }
  .first {
    font-weight: 500;
    overflow-wrap: break-word;
  }
  .first a {
    color: var(--_text);
  }
  /* Names that nobody limits: the columns after them stay within the page. */
  .named {
    display: inline-block;
    max-inline-size: min(320px, 36cqi);
    overflow: hidden;
    text-overflow: ellipsis;
    unicode-bidi: plaintext;
    vertical-align: bottom;
    white-space: nowrap;
  }
  div.named {
    display: block;
  }
  td > .check,
  th > .check {
    vertical-align: middle;
  }
  td.fit,
  th.fit {
    inline-size: 1px;
    white-space: nowrap;
  }
  .actions {
    display: flex;
    justify-content: flex-end;
    gap: 4px;
  }
  .sort {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font-weight: inherit;
    cursor: pointer;
  }
  .sort:hover,
  [aria-sort] .sort {
    color: var(--_text);
  }
  .sort .icon {
    inline-size: 12px;
    block-size: 12px;
  }
`
