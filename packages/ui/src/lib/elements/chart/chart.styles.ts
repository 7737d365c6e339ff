import { css } from 'lit'

/** A card with a legend, a plot of fixed height, and its numbers below. */
export const chartStyles = css`
  :host {
    display: block;
    min-inline-size: 0;
    container-type: inline-size;
  }
  .chart {
    block-size: 100%;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_surface);
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    padding: 8px 12px 0;
    font-size: 12px;
  }
  h2 {
    margin: 0;
    font-size: 13px;
    line-height: 20px;
    font-weight: 600;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    margin-inline-start: auto;
    color: var(--_muted);
  }
  .legend span,
  .line-item {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  i {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 2px;
    background: var(--_solid);
  }
  i.p95,
  i:is(.mean, .p50) {
    block-size: 2px;
    inline-size: 14px;
    background: var(--_accent-text);
  }
  i:is(.mean, .p50) {
    background: var(--_pending-solid);
  }
  @container (max-width: 419px) {
    header > .muted {
      display: none;
    }
    header,
    .legend {
      gap: 4px 8px;
    }
  }
  .plot {
    position: relative;
    block-size: 184px;
    margin: 4px;
    overflow: hidden;
    border-radius: 6px;
    touch-action: pan-y;
  }
  .plot:focus-visible {
    outline-offset: -2px;
  }
  svg {
    direction: ltr;
    display: block;
    position: absolute;
    inset-block-start: 0;
    left: 0;
  }
  .grid {
    stroke: var(--_border);
    stroke-dasharray: 2 4;
  }
  .label {
    fill: var(--_muted);
    font: 11px / 16px var(--_font-sans);
  }
  .active {
    fill: var(--_hover);
  }
  .bar {
    fill: var(--_solid);
  }
  .bar[data-status='success'] {
    opacity: 0.55;
  }
  .bar[data-open] {
    fill-opacity: 0.3;
    stroke: var(--_solid);
    stroke-dasharray: 2 2;
  }
  .line {
    fill: none;
    stroke: var(--_accent-text);
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .line:is(.mean, .p50) {
    stroke: var(--_pending-solid);
  }
  .readout {
    position: absolute;
    inset-block-start: 4px;
    display: grid;
    gap: 2px;
    min-inline-size: 140px;
    padding: 8px 10px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_raised);
    box-shadow: var(--_shadow);
    font-size: 12px;
    line-height: 18px;
    pointer-events: none;
  }
  .readout.at-start {
    left: 52px;
  }
  .readout.at-end {
    right: 12px;
  }
  .line-item b {
    margin-inline-start: auto;
    padding-inline-start: 12px;
    font-weight: 500;
  }
  .hint {
    padding: 12px;
    margin: 0;
    color: var(--_muted);
  }
  details {
    padding: 0 12px 8px;
    font-size: 12px;
  }
  summary {
    inline-size: fit-content;
    padding-block: 4px;
    color: var(--_muted);
    cursor: pointer;
  }
  summary:hover {
    color: var(--_text);
  }
  .scroll {
    max-block-size: 220px;
    overflow: auto;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 2px 8px;
    text-align: end;
    font-weight: 400;
    white-space: nowrap;
  }
  th:first-child {
    text-align: start;
  }
  thead th {
    color: var(--_muted);
  }
  @media (forced-colors: active) {
    .bar,
    i {
      forced-color-adjust: none;
    }
    .label {
      fill: CanvasText;
    }
  }
`
