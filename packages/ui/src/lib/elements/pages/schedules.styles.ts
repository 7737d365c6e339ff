import { css } from 'lit'

/** Lanes of 30 px, and the panel of one schedule beside the table. */
export const schedulesStyles = css`
  .lane {
    display: grid;
    grid-template-columns: 186px minmax(0, 1fr);
    align-items: center;
    block-size: 30px;
    padding-inline: 12px;
  }
  .lane + .lane {
    border-block-start: 1px solid var(--_border);
  }
  .times {
    inline-size: 100%;
    block-size: 20px;
    overflow: visible;
    direction: ltr;
    fill: var(--_muted);
    font-size: 12px;
  }
  .times text:first-child {
    fill: var(--_accent-text);
  }
  .track {
    position: relative;
    block-size: 30px;
  }
  .track svg {
    display: block;
    inline-size: 100%;
    block-size: 30px;
    direction: ltr;
  }
  :host(:dir(rtl)) :is(.track svg, .times, .times text) {
    transform: scaleX(-1);
  }
  /* Turned around twice, words can be read. */
  .times text {
    transform-box: fill-box;
    transform-origin: center;
  }
  .track line {
    vector-effect: non-scaling-stroke;
    stroke: var(--_border);
  }
  .track line[data-now] {
    stroke: var(--_accent-text);
    stroke-width: 2px;
  }
  .track line.due {
    stroke: var(--_scheduled-solid);
    stroke-width: 3px;
    stroke-linecap: round;
  }
  /* More often than its times are sent. */
  .track line.on {
    stroke: var(--_scheduled-solid);
    stroke-dasharray: 2 4;
  }
  .aside {
    position: absolute;
    inset-block: 1px;
    inset-inline-end: 0;
    padding-inline: 8px;
    background: var(--_surface);
    font-size: 12px;
    line-height: 28px;
  }
  .split {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 400px;
    align-items: start;
    gap: 12px;
  }
  .split:not(:has(> .panel)) {
    grid-template-columns: minmax(0, 1fr);
  }
  .split > .card:first-child {
    container-type: inline-size;
  }
  .last,
  .split td.p1 {
    white-space: nowrap;
  }
  tbody th.first {
    min-inline-size: 120px;
  }
  .panel-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 12px 12px 0;
  }
  h2:focus {
    outline: none;
  }
  h3 {
    margin: 0;
    padding: 10px 12px 4px;
    border-block-start: 1px solid var(--_border);
    font-size: 12px;
    line-height: 16px;
    font-weight: 600;
  }
  h3 .muted {
    font-weight: 400;
  }
  ol {
    margin: 0;
    padding: 0 12px 8px;
    list-style: none;
  }
  .times-list li {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    padding-block: 3px;
  }
  .ticks {
    max-block-size: 340px;
    overflow: auto;
  }
  .ticks li {
    display: grid;
    grid-template-columns: 16px 64px minmax(0, 1fr) auto 72px;
    gap: 8px;
    align-items: center;
    min-block-size: 30px;
  }
  .ticks li + li {
    border-block-start: 1px solid var(--_border);
  }
  .ticks .mark {
    color: var(--_fg);
  }
  .bulk {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 8px 12px;
    border-block-start: 1px solid var(--_border);
    background: var(--_selected);
  }
  .tick-strip {
    display: block;
    inline-size: 82px;
    block-size: 12px;
  }
  @container (max-width: 1099px) {
    .split {
      grid-template-columns: minmax(0, 1fr);
    }
    .panel {
      order: -1;
    }
  }
  @container (max-width: 559px) {
    .lane {
      grid-template-columns: 104px minmax(0, 1fr);
    }
    .minor {
      display: none;
    }
    /* Words of other languages are longer: room for them before the actions are cut. */
    .split th,
    .split td {
      padding-inline: 4px;
    }
    .split :is(th, td):first-child {
      padding-inline-start: 12px;
    }
    tbody th.first {
      inline-size: 100%;
      max-inline-size: 0;
    }
    .named {
      max-inline-size: 100%;
    }
  }
  @container (max-width: 359px) {
    .pick {
      display: none;
    }
  }
`
