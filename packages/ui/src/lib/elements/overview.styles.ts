import { css } from 'lit'

/** Cards on the page colour, lists with 44 px rows. */
export const overviewStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 16px;
    container-type: inline-size;
    background: var(--_page);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 14px;
    font-size: 12px;
    line-height: 16px;
  }
  .description {
    margin: 0;
  }
  h1 {
    margin: 0;
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
  }
  .fact {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .fact .dot {
    inline-size: 6px;
    block-size: 6px;
  }
  .end {
    margin-inline-start: auto;
  }
  .charts {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 1fr) minmax(0, 1fr);
    gap: 12px;
  }
  taskflow-chart {
    display: block;
    min-block-size: 262px;
  }
  taskflow-chart:not(:defined) {
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_surface);
  }
  .skeleton li {
    padding: 17px 12px;
  }
  .lists {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    gap: 12px;
  }
  .lists.three {
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr) minmax(0, 2fr);
  }
  .card {
    overflow: hidden;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_surface);
  }
  .card header {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 40px;
    padding-inline: 12px;
    border-block-end: 1px solid var(--_border);
    font-size: 12px;
  }
  h2 {
    margin: 0;
    font-size: 13px;
    line-height: 20px;
    font-weight: 600;
  }
  .good {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    padding: 20px 12px;
    color: var(--_muted);
  }
  .good .icon {
    color: var(--_success-fg);
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li + li {
    border-block-start: 1px solid var(--_border);
  }
  li a {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 44px;
    padding-inline: 12px;
    color: inherit;
  }
  li a:hover {
    background: var(--_hover);
    text-decoration: none;
  }
  li a:focus-visible {
    outline-offset: -2px;
  }
  .mark {
    color: var(--_fg);
  }
  .main {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
  }
  .first {
    line-height: 18px;
  }
  .second {
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  .second .mono {
    margin-inline-end: 4px;
    line-height: 16px;
  }
  .side {
    display: flex;
    flex-direction: column;
    align-items: flex-end;
    color: var(--_muted);
    white-space: nowrap;
  }
  .share {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    font-size: 12px;
    line-height: 16px;
  }
  progress {
    appearance: none;
    inline-size: 56px;
    block-size: 4px;
    border: 0;
    border-radius: 2px;
    overflow: hidden;
    background: var(--_border);
  }
  progress::-webkit-progress-bar {
    background: var(--_border);
  }
  progress::-webkit-progress-value {
    border-radius: 2px;
    background: var(--_running-solid);
  }
  progress::-moz-progress-bar {
    background: var(--_running-solid);
  }
  time {
    white-space: nowrap;
  }
  li a > .icon {
    color: var(--_muted);
  }
  .recent a {
    display: grid;
    grid-template-columns: 112px minmax(160px, 2fr) 96px minmax(80px, 1fr) 130px 96px 84px;
    gap: 12px;
    min-block-size: var(--_row-height);
  }
  .name {
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
  }
  .wait,
  .number {
    text-align: end;
  }
  @container (max-width: 1399px) {
    .charts {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
    .charts > :first-child {
      grid-column: 1 / -1;
    }
  }
  @container (max-width: 1099px) {
    .lists.three {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
    .lists.three > :first-child {
      grid-column: 1 / -1;
    }
  }
  @container (max-width: 899px) {
    .charts,
    .lists,
    .lists.three {
      grid-template-columns: minmax(0, 1fr);
    }
    .recent a {
      grid-template-columns: 112px minmax(0, 1fr) 84px 84px 76px;
    }
    .recent .group,
    .recent .wait {
      display: none;
    }
  }
  @container (max-width: 559px) {
    .recent a {
      grid-template-columns: 104px minmax(0, 1fr) 72px;
    }
    .recent .id,
    .recent .number:not(time),
    .head .end,
    .head .zone {
      display: none;
    }
  }
`
