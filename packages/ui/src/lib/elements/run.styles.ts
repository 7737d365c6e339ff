import { css } from 'lit'

/** Header, strip and tabs stand still; the chosen tab scrolls when the host has a height. */
export const runStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    container-type: inline-size;
    background: var(--_surface);
  }
  header {
    display: flex;
    align-items: flex-start;
    gap: 12px;
    padding: 10px 16px;
    border-block-end: 1px solid var(--_border);
  }
  .crumbs {
    flex: none;
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 10px 16px 0;
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  .crumbs > a:first-child {
    flex: none;
  }
  :host([mode='page']) header {
    border: 0;
    padding-block: 6px 10px;
  }
  :host([mode='page']) taskflow-lifecycle {
    border-block-start: 1px solid var(--_border);
  }
  :host([mode='page']) .body {
    background: var(--_page);
  }
  .columns {
    display: grid;
    gap: 16px;
  }
  .columns > * {
    display: flex;
    flex-direction: column;
    gap: 16px;
    min-inline-size: 0;
  }
  .columns section,
  :host([mode='page']) .page > taskflow-run-parts:not([shown='attempts']) {
    padding: 12px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_surface);
  }
  .columns dl {
    grid-template-columns: 96px minmax(0, 1fr);
  }
  @container (min-width: 960px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) 322px;
      align-items: start;
    }
  }
  .title {
    flex: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    min-inline-size: 0;
    min-block-size: 28px;
  }
  .actions {
    display: flex;
    gap: 8px;
  }
  h2 {
    max-inline-size: 100%;
    margin: 0;
    overflow: hidden;
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .id {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    color: var(--_muted);
  }
  taskflow-lifecycle {
    padding: 6px 8px 10px;
    border-block-end: 1px solid var(--_border);
  }
  .body {
    flex: 1 1 auto;
    min-block-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
  }
  .body:focus-visible {
    outline-offset: -2px;
  }
  .body:has(taskflow-logs) {
    display: flex;
    flex-direction: column;
    overflow: hidden;
  }
  taskflow-logs {
    flex: 1;
    max-block-size: 100%;
  }
  .page {
    display: flex;
    flex-direction: column;
    gap: 20px;
    padding: 16px;
    container-type: inline-size;
  }
  section h3 {
    display: flex;
    align-items: baseline;
    gap: 8px;
    margin: 0 0 8px;
    font-size: 13px;
    line-height: 20px;
    font-weight: 600;
  }
  section h3 .muted {
    font-weight: 400;
  }
  .warn {
    display: flex;
    gap: 8px;
    padding: 10px 12px;
    border: 1px solid var(--_interrupted-line);
    border-radius: 8px;
    background: var(--_interrupted-bg);
  }
  .warn .icon {
    margin-block-start: 2px;
    color: var(--_interrupted-fg);
  }
  .warn p {
    margin: 0;
  }
  .progress {
    display: flex;
    align-items: center;
    gap: 10px;
  }
  progress {
    flex: 1;
    appearance: none;
    block-size: 6px;
    border: 0;
    border-radius: 3px;
    overflow: hidden;
    background: var(--_border);
  }
  progress::-webkit-progress-bar {
    background: var(--_border);
  }
  progress::-webkit-progress-value {
    background: var(--_running-solid);
  }
  progress::-moz-progress-bar {
    background: var(--_running-solid);
  }
  p {
    margin: 0;
  }
  header,
  taskflow-lifecycle,
  .banner {
    flex: none;
  }
  .rows {
    margin: 0;
    padding: 0;
    list-style: none;
    border-block-start: 1px solid var(--_border);
  }
  .rows > li {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 30px;
    border-block-end: 1px solid var(--_border);
  }
  .rows .end {
    margin-inline-start: auto;
    color: var(--_muted);
    text-align: end;
    white-space: nowrap;
  }
  .rows .icon {
    color: var(--_fg);
  }
  .rows b {
    flex: none;
    font-weight: 500;
  }
  .rows .age {
    min-inline-size: 60px;
    text-align: end;
    white-space: nowrap;
  }
  .rows .took {
    flex: none;
    white-space: nowrap;
  }
  .rows .truncate {
    min-inline-size: 0;
    flex: 0 1 auto;
  }
  .rows a {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 10px;
    min-block-size: 30px;
    color: inherit;
  }
  .rows a:hover {
    background: var(--_hover);
    text-decoration: none;
  }
  .rows li.current {
    margin-inline: -8px;
    padding-inline: 8px;
    border-radius: 4px;
    background: var(--_selected);
  }
  dl {
    display: grid;
    grid-template-columns: 96px minmax(0, 1fr) 96px minmax(0, 1fr);
    gap: 4px 12px;
    margin: 0;
  }
  dt {
    color: var(--_muted);
  }
  dd {
    min-inline-size: 0;
    margin: 0;
    overflow-wrap: anywhere;
  }
  dd.wide {
    grid-column: 2 / -1;
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .tags .chip-text {
    max-inline-size: 100%;
    overflow: hidden;
    font-family: var(--_font-mono);
    text-overflow: ellipsis;
  }
  .numbers {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(70px, 1fr));
    gap: 12px;
  }
  .numbers div {
    display: flex;
    flex-direction: column-reverse;
  }
  .numbers b {
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
  }
  .numbers span {
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  .skeleton {
    display: grid;
    gap: 14px;
    padding: 20px 16px;
  }
  .skeleton .wide {
    inline-size: 60%;
    block-size: 20px;
  }
  .skeleton .strip {
    block-size: 56px;
  }
  @container (max-width: 459px) {
    .attempts {
      display: none;
    }
    taskflow-lifecycle {
      padding-inline: 16px;
    }
    dl {
      grid-template-columns: 96px minmax(0, 1fr);
    }
    .hide-narrow {
      display: none;
    }
  }
`
