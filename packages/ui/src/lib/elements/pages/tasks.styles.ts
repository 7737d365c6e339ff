import { css } from 'lit'

/** Group heads on the page colour, names beside their badge. */
export const tasksStyles = css`
  tr.group > * {
    background: var(--_page);
    text-align: start;
  }
  tr.group th {
    font-weight: 600;
  }
  tr.group .muted {
    margin-inline-start: 4px;
    font-size: 12px;
    font-weight: 400;
  }
  .name {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    min-inline-size: 120px;
  }
`
