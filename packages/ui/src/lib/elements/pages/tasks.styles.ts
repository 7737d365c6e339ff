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
  @container (max-width: 899px) {
    th,
    td {
      padding-inline: 8px;
    }
  }
  /* Names take what the numbers leave. */
  @container (max-width: 559px) {
    tbody th {
      inline-size: 100%;
      max-inline-size: 0;
    }
    tr.group td {
      white-space: nowrap;
    }
    .named {
      max-inline-size: 100%;
    }
  }
`
