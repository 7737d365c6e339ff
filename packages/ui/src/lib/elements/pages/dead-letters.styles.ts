import { css } from 'lit'

/** A group is a row of two lines that opens to its runs. */
export const deadLettersStyles = css`
  .replay {
    display: inline-flex;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  .replay .select select,
  .replay .button {
    border-color: transparent;
    background: none;
  }
  .replay .button {
    border-inline-start-color: var(--_border);
    border-start-start-radius: 0;
    border-end-start-radius: 0;
    color: var(--_accent-text);
  }
  .group {
    display: grid;
    grid-template-columns: 24px 40px minmax(0, 1fr) 120px 104px 116px;
    gap: 4px 12px;
    align-items: center;
    min-block-size: 66px;
    padding: 8px 12px;
  }
  .heads {
    min-block-size: 32px;
    padding-block: 0;
    border-block-end: 1px solid var(--_border);
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
    font-weight: 500;
  }
  .heads > :nth-child(2) {
    text-align: end;
  }
  .groups > li + li {
    border-block-start: 1px solid var(--_border);
  }
  .groups {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .toggle .icon {
    transition: transform var(--_duration) ease-out;
  }
  .toggle[aria-expanded='true'] .icon {
    transform: rotate(90deg);
  }
  .count {
    font-size: 16px;
    line-height: 20px;
    font-weight: 600;
    text-align: end;
  }
  .what {
    display: flex;
    flex-direction: column;
    gap: 2px;
    min-inline-size: 0;
  }
  .what b {
    font-weight: 600;
  }
  .what b + .mono {
    color: var(--_muted);
  }
  /* Two lines, the rest by the tooltip and the runs. */
  .says {
    display: -webkit-box;
    overflow: hidden;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .what .frame,
  .what .chip-text {
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .spark {
    display: block;
    inline-size: 120px;
    block-size: 28px;
    overflow: visible;
  }
  .spark path {
    fill: none;
    stroke: var(--_failed-solid);
    stroke-width: 1.5;
    stroke-linejoin: round;
    vector-effect: non-scaling-stroke;
  }
  .seen {
    display: flex;
    flex-direction: column;
    text-align: end;
    white-space: nowrap;
  }
  .inner {
    border-block-start: 1px solid var(--_border);
    margin-inline-start: 36px;
  }
  @media (prefers-reduced-motion: reduce) {
    .toggle .icon {
      transition: none;
    }
  }
  @container (max-width: 899px) {
    .group {
      grid-template-columns: 24px 40px minmax(0, 1fr) auto;
    }
    .spark,
    .hours {
      display: none;
    }
    .group > .button:not(.toggle) {
      grid-column: 3 / -1;
      justify-self: start;
    }
  }
  @container (max-width: 559px) {
    .group {
      grid-template-columns: 24px 32px minmax(0, 1fr);
    }
    .heads {
      display: none;
    }
    .seen {
      grid-column: 3;
      flex-direction: row;
      gap: 8px;
      text-align: start;
    }
    .inner {
      margin: 0;
    }
    .replay,
    .replay .button {
      flex: 1;
    }
  }
`
