import { css } from 'lit'

/** Rows of 28 to 32 px, one axis, marks on a line. */
export const runPartsStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 20px;
    container-type: inline-size;
  }
  p,
  h3 {
    margin: 0;
  }
  h3 {
    font-size: 13px;
    line-height: 20px;
    font-weight: 600;
  }
  section > h3 {
    margin-block-end: 8px;
  }
  h3 .muted {
    font-weight: 400;
  }
  ul,
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .events li {
    position: relative;
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr) auto auto;
    column-gap: 12px;
    align-items: start;
    padding-block-end: 14px;
  }
  .events li:not(:last-child)::before {
    content: '';
    position: absolute;
    inset-block: 22px 2px;
    inset-inline-start: 9.5px;
    border-inline-start: 1px solid var(--_border);
  }
  .mark {
    display: grid;
    place-items: center;
    inline-size: 20px;
    block-size: 20px;
    border: 1px solid var(--_line, var(--_border-strong));
    border-radius: 50%;
    background: var(--_bg, var(--_surface));
    color: var(--_fg);
  }
  .mark .icon {
    inline-size: 12px;
    block-size: 12px;
  }
  .future .mark {
    border-style: dashed;
  }
  .future .what {
    color: var(--_muted);
  }
  .events li:last-child {
    padding-block-end: 0;
  }
  .events b {
    font-weight: 500;
  }
  .what {
    overflow-wrap: anywhere;
  }
  .gap,
  .events time {
    color: var(--_muted);
    font-size: 12px;
    white-space: nowrap;
  }
  .events time {
    font-family: var(--_font-mono);
  }
  .attempts > li {
    display: flex;
    flex-direction: column;
    gap: 8px;
    padding-block: 10px;
    border-block-end: 1px solid var(--_border);
  }
  .attempts > li:first-child {
    padding-block-start: 0;
  }
  .attempts > li:last-child {
    border: 0;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 10px;
  }
  .line > .icon {
    color: var(--_fg);
  }
  .line b {
    font-weight: 600;
  }
  .line .word {
    color: var(--_fg);
  }
  .line .end {
    margin-inline-start: auto;
    color: var(--_muted);
    font: 12px / 18px var(--_font-mono);
  }
  .pause {
    color: var(--_retrying-fg);
    font-size: 12px;
  }
  .runs {
    border-block-start: 1px solid var(--_border);
  }
  .runs a {
    display: grid;
    grid-template-columns: 108px minmax(0, 1fr) auto 72px 64px;
    gap: 12px;
    align-items: center;
    min-block-size: 32px;
    border-block-end: 1px solid var(--_border);
    color: inherit;
  }
  .runs a:hover {
    background: var(--_hover);
    text-decoration: none;
  }
  .runs .end,
  .runs .age {
    text-align: end;
    white-space: nowrap;
  }
  @container (max-width: 459px) {
    .runs a {
      grid-template-columns: 108px minmax(0, 1fr) auto;
    }
    .runs .end,
    .runs .age,
    .events .gap {
      display: none;
    }
    .events li {
      grid-template-columns: 20px minmax(0, 1fr) auto;
    }
  }
  @media (forced-colors: active) {
  }
`
