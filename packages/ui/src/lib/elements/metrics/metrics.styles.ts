import { css } from 'lit'

export const metricsStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .cards {
    display: grid;
    grid-template-columns: repeat(6, minmax(0, 1fr));
    gap: 12px;
  }
  .card {
    display: flex;
    flex-direction: column;
    block-size: 100%;
    min-inline-size: 0;
    padding: 12px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_surface);
    color: var(--_text);
    text-decoration: none;
    transition: border-color var(--_duration) ease-out;
  }
  a.card:hover {
    border-color: var(--_border-strong);
  }
  .card:focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }
  .label {
    display: flex;
    align-items: center;
    gap: 6px;
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  .label .icon {
    inline-size: 14px;
    block-size: 14px;
    color: var(--_fg, var(--_muted));
  }
  .value {
    display: flex;
    align-items: baseline;
    block-size: 32px;
    margin-block: 6px 4px;
    font-size: 24px;
    line-height: 32px;
    font-weight: 600;
    letter-spacing: -0.01em;
    white-space: nowrap;
  }
  .value small {
    color: var(--_text);
    font-size: 13px;
    line-height: 20px;
    font-weight: 400;
    letter-spacing: normal;
  }
  .label .icon.still {
    animation: none;
  }
  .value.alarm {
    color: var(--_failed-fg);
  }
  .value.zero {
    color: var(--_faint);
  }
  .note {
    overflow: hidden;
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
    min-block-size: 16px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .foot {
    display: flex;
    align-items: end;
    gap: 8px;
    min-block-size: 20px;
    margin-block-start: 4px;
  }
  .delta {
    color: var(--_muted);
    font-size: 11px;
    line-height: 16px;
    white-space: nowrap;
  }
  .sparkline {
    flex: 1;
    min-inline-size: 0;
    block-size: 20px;
    color: var(--_solid, var(--_accent));
  }
  .card.waits .value,
  .card.waits .note {
    opacity: 0;
    animation: appear 0s 150ms forwards;
  }
  .card.waits .value::before,
  .card.waits .note::before {
    content: '';
    inline-size: 72px;
    block-size: 20px;
    border-radius: 4px;
    background: var(--_border);
  }
  .card.waits .note::before {
    display: block;
    inline-size: 96px;
    block-size: 10px;
    margin-block: 3px;
  }
  @keyframes appear {
    to {
      opacity: 0.6;
    }
  }
  @container (max-width: 899px) {
    .cards {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
  }
  @container (max-width: 559px) {
    .cards {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 8px;
    }
  }
  @container (max-width: 1139px) and (min-width: 900px) {
    .sparkline {
      display: none;
    }
  }
`
