import { css } from 'lit'

/** A page: head, toolbar, cards and tables on the page colour. */
export const pageStyles = css`
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
    gap: 8px 12px;
    min-block-size: 28px;
  }
  h1 {
    margin: 0;
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .head .sub {
    color: var(--_muted);
    font-size: 12px;
  }
  .head .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-inline-start: auto;
  }
  h2 {
    margin: 0;
    font-size: 13px;
    line-height: 20px;
    font-weight: 600;
  }
  .crumbs {
    display: flex;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
    color: var(--_muted);
    font-size: 12px;
  }
  .crumbs .icon {
    inline-size: 12px;
    block-size: 12px;
  }
  .search {
    position: relative;
    display: inline-flex;
    align-items: center;
  }
  .search .icon {
    position: absolute;
    inset-inline-start: 8px;
    inline-size: 14px;
    block-size: 14px;
    color: var(--_muted);
    pointer-events: none;
  }
  .search .field {
    inline-size: 224px;
    padding-inline-start: 28px;
  }
  .card {
    min-inline-size: 0;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_surface);
    overflow: hidden;
  }
  .card > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    min-block-size: 40px;
    padding: 4px 12px;
    border-block-end: 1px solid var(--_border);
    font-size: 12px;
  }
  .end {
    margin-inline-start: auto;
  }
  .banner.inset {
    border: 1px solid var(--_line);
    border-radius: 8px;
  }
  .pills {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .bad {
    color: var(--_failed-fg);
  }
  .late {
    color: var(--_interrupted-fg);
  }
  .mix {
    display: block;
    inline-size: 190px;
    block-size: 6px;
    border-radius: 3px;
    background: var(--_border);
  }
  .strip {
    display: block;
    inline-size: 192px;
    block-size: 18px;
    overflow: visible;
  }
  [data-status].fill {
    fill: var(--_solid);
  }
  .fill[data-status='success'] {
    opacity: 0.55;
  }
  dl.facts {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 6px 20px;
    margin: 0;
    padding: 12px;
  }
  dl.facts dt {
    color: var(--_muted);
  }
  dl.facts dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .numbers {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(120px, 1fr));
    overflow: hidden;
  }
  /* Lines between cells, also where the last row is not full. */
  .numbers > div {
    display: flex;
    flex-direction: column;
    gap: 2px;
    margin-block-end: -1px;
    margin-inline-end: -1px;
    padding: 11px 12px 10px;
    border: 0 solid var(--_border);
    border-block-end-width: 1px;
    border-inline-end-width: 1px;
  }
  .numbers .label {
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  .numbers .value {
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    align-items: start;
    gap: 12px;
  }
  .stack {
    display: flex;
    flex-direction: column;
    gap: 12px;
    min-inline-size: 0;
  }
  pre {
    margin: 0;
    padding: 12px;
    max-block-size: 360px;
    overflow: auto;
    background: var(--_sunken);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .note {
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 0;
    color: var(--_muted);
    font-size: 12px;
  }
  .note .icon {
    inline-size: 14px;
    block-size: 14px;
  }
  .nothing {
    margin: 0;
    padding: 20px 12px;
    color: var(--_muted);
  }
  .more {
    display: flex;
    justify-content: center;
    padding: 8px;
    border-block-start: 1px solid var(--_border);
  }
  .skeleton.rows > div {
    display: grid;
    grid-template-columns: 2fr 3fr 1fr;
    gap: 24px;
    align-items: center;
    block-size: var(--_row-height);
    padding-inline: 12px;
  }
  .skeleton.rows > div + div {
    border-block-start: 1px solid var(--_border);
  }
  @container (max-width: 1099px) {
    .p3 {
      display: none;
    }
  }
  @container (max-width: 899px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .p2 {
      display: none;
    }
    .named {
      max-inline-size: 26cqi;
    }
    .actions .word,
    .state .status > span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    td.state {
      position: relative;
    }
    .actions .button {
      padding-inline: 6px;
    }
  }
  @container (max-width: 559px) {
    .p1 {
      display: none;
    }
    th,
    td {
      padding-inline: 8px;
    }
    .head .tools {
      inline-size: 100%;
      margin: 0;
    }
    .search {
      flex: 1 1 100%;
    }
    .named {
      max-inline-size: 34cqi;
    }
    .search .field {
      inline-size: 100%;
    }
  }
  @container (max-width: 359px) {
    .named {
      max-inline-size: 24cqi;
    }
  }
  @media (forced-colors: active) {
    .mix > *,
    [data-status].fill {
      forced-color-adjust: none;
    }
  }
`
