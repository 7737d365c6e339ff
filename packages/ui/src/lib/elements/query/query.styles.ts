import { css } from 'lit'

/** A field of 32 px with chips of 22 px. */
export const queryStyles = css`
  :host {
    display: block;
    min-inline-size: 0;
  }
  .query {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 6px;
    block-size: auto;
    min-block-size: 32px;
    padding-block: 4px;
    cursor: text;
  }
  .query[data-invalid='true'] {
    border-color: var(--_failed-solid);
  }
  .query > .icon {
    color: var(--_muted);
  }
  .query input {
    flex: 1 1 120px;
    min-inline-size: 60px;
    block-size: 22px;
    padding: 0;
    border: 0;
    outline: 0;
    background: none;
  }
  input::placeholder {
    color: var(--_faint);
    opacity: 1;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    max-inline-size: 100%;
    block-size: 22px;
    border: 1px solid var(--_border);
    border-radius: 4px;
    background: var(--_hover);
    font-size: 12px;
    line-height: 20px;
  }
  .chip button {
    min-inline-size: 0;
    padding: 0;
    border: 0;
    background: none;
    cursor: pointer;
  }
  .chip .edit {
    overflow: hidden;
    padding-inline-start: 6px;
    color: var(--_muted);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .chip b {
    color: var(--_text);
    font-weight: 500;
  }
  .chip .remove,
  .clear {
    flex: none;
    display: grid;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    margin-block: -1px;
    padding: 0;
    border: 0;
    border-radius: 4px;
    background: none;
    color: var(--_muted);
    cursor: pointer;
  }
  .chip .icon {
    inline-size: 12px;
    block-size: 12px;
  }
  .chip button:hover,
  .clear:hover {
    color: var(--_text);
  }
  .chip button:focus-visible {
    outline-offset: 0;
  }
  .clear {
    margin-inline-end: -4px;
  }
  .problem {
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 4px 0 0;
    color: var(--_failed-fg);
    font-size: 12px;
    line-height: 16px;
    overflow-wrap: anywhere;
  }
  .overlay {
    inline-size: min(420px, calc(100vw - 16px));
  }
  .option {
    display: flex;
    align-items: center;
    gap: 16px;
    min-block-size: 28px;
    padding: 4px 8px;
    border-radius: 6px;
    cursor: pointer;
  }
  .option > * {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .option .mono {
    flex: 1;
    min-inline-size: 40%;
    color: var(--_muted);
  }
  .option b {
    color: var(--_text);
    font-weight: 600;
  }
  .option .note {
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
    text-align: end;
  }
  .option:hover,
  .option[aria-selected='true'] {
    background: var(--_hover);
  }
  .option[aria-selected='true'] .mono {
    color: var(--_text);
  }
  @media (forced-colors: active) {
    .option[aria-selected='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .chip {
      border-color: CanvasText;
    }
  }
`
