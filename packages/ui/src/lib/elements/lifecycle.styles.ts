import { css } from 'lit'

/** Stops under each other. */
const list = css`
  ol {
    flex-direction: column;
  }
  li {
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr) auto;
    column-gap: 10px;
    align-items: center;
    flex: none;
    text-align: start;
  }
  .way {
    position: static;
    grid-column: 2 / -1;
    block-size: auto;
    min-block-size: 12px;
  }
  .way::before {
    content: '';
    position: absolute;
    inset-inline-start: 10px;
    inset-block-start: 0;
    block-size: calc(100% - 20px);
    border-inline-start: 1px solid var(--_border);
  }
  .way.back-off::before {
    border-inline-start: 1px dashed var(--_retrying-solid);
  }
  .way span {
    margin-inline: 0;
  }
  .way::after {
    content: none;
  }
  .mark {
    grid-column: 1;
    margin-block: 0;
  }
  .label {
    font-size: 13px;
    line-height: 20px;
  }
  .note {
    text-align: end;
    font-size: 12px;
  }
`

export const lifecycleStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  ol {
    display: flex;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    position: relative;
    flex: 1 1 0;
    display: flex;
    flex-direction: column;
    align-items: center;
    min-inline-size: 0;
    text-align: center;
  }
  .way {
    position: absolute;
    inset-block-start: 0;
    inset-inline: calc(-50% + 14px) calc(50% + 14px);
    block-size: 26px;
    color: var(--_muted);
    font-size: 11px;
    line-height: 16px;
  }
  .way::after {
    content: '';
    position: absolute;
    inset-inline: 0;
    inset-block-start: 25px;
    border-block-start: 1px solid var(--_border);
  }
  .way.back-off {
    color: var(--_retrying-fg);
  }
  .way.back-off::after {
    border-block-start: 1px dashed var(--_retrying-solid);
  }
  .way.future::after {
    border-block-start-style: dashed;
  }
  .way span {
    display: block;
    /* Text may stand above the marks, which are lower. */
    margin-inline: -14px;
    white-space: nowrap;
  }
  .strong {
    color: var(--_text);
    font-weight: 500;
  }
  .mark {
    display: grid;
    place-items: center;
    inline-size: 20px;
    block-size: 20px;
    margin-block: 15px 4px;
    border: 1px solid var(--_border);
    border-radius: 50%;
    background: var(--_surface);
    color: var(--_fg);
  }
  .mark .icon {
    inline-size: 12px;
    block-size: 12px;
    stroke-width: 2;
  }
  .mark.end,
  .mark.now {
    border-color: var(--_line);
    background: var(--_bg);
  }
  .mark.future {
    border-style: dashed;
    border-color: var(--_border-strong);
  }
  .label {
    max-inline-size: 100%;
    font-size: 12px;
    line-height: 16px;
    font-weight: 500;
  }
  .label.coloured {
    color: var(--_fg);
  }
  .label.future {
    color: var(--_muted);
    font-weight: 400;
  }
  .note {
    max-inline-size: 100%;
    padding-inline: 2px;
    color: var(--_muted);
    font-size: 11px;
    line-height: 16px;
  }
  .label,
  .note {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  @container (max-width: 459px) {
    ${list}
  }
  :host([variant='timeline']) {
    ${list}
  }
  @media (forced-colors: active) {
    .mark {
      border-color: CanvasText;
    }
  }
`
