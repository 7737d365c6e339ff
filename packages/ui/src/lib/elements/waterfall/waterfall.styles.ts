import { css } from 'lit'

export const waterfallStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .waterfall {
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_surface);
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 10px;
    padding: 10px 12px;
    border-block-end: 1px solid var(--_border);
  }
  h3 {
    margin: 0;
    font-size: 13px;
    line-height: 20px;
    font-weight: 600;
  }
  .muted {
    color: var(--_muted);
  }
  .truncate {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  ol {
    margin: 0;
    padding: 6px 12px;
    list-style: none;
  }
  .row,
  .axis {
    display: grid;
    grid-template-columns: minmax(120px, 220px) minmax(0, 1fr) 64px;
    gap: 12px;
    align-items: center;
    inline-size: 100%;
    min-block-size: 28px;
    padding: 0;
    border: 0;
    border-radius: 4px;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
  }
  .row:hover {
    background: var(--_hover);
  }
  .row:focus-visible {
    outline: 2px solid var(--_focus);
  }
  .label {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .label .icon {
    color: var(--_fg);
  }
  b {
    font-weight: 500;
  }
  svg:not(.icon) {
    inline-size: 100%;
    block-size: 14px;
    overflow: visible;
  }
  :host(:dir(rtl)) svg:not(.icon) {
    transform: scaleX(-1);
  }
  rect {
    fill: var(--_solid);
  }
  [data-kind='wait'] rect {
    fill: var(--_border-strong);
    fill-opacity: 0.55;
  }
  [data-kind='pause'] rect {
    fill: var(--_bg);
    stroke: var(--_solid);
    stroke-dasharray: 3 2;
    vector-effect: non-scaling-stroke;
  }
  .took {
    text-align: end;
    white-space: nowrap;
  }
  .axis {
    min-block-size: 20px;
    padding: 0 12px 6px;
    color: var(--_muted);
    font-size: 11px;
    line-height: 16px;
  }
  .axis span:nth-child(2) {
    display: flex;
    justify-content: space-between;
  }
  @container (max-width: 559px) {
    .row,
    .axis {
      grid-template-columns: 104px minmax(0, 1fr) 56px;
    }
    .label .muted {
      display: none;
    }
  }
  @media (forced-colors: active) {
    rect {
      fill: CanvasText;
    }
  }
`
