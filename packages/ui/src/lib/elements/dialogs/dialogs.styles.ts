import { css } from 'lit'

/** Dialogs: raised, in the top layer, at most as large as the window. */
export const dialogsStyles = css`
  :host {
    display: contents;
  }
  dialog.box {
    inline-size: min(var(--_dialog-width, 440px), calc(100vw - 32px));
    max-inline-size: none;
    max-block-size: calc(100dvh - 32px);
    margin: auto;
    padding: 0;
    overflow: auto;
    border: 1px solid var(--_border);
    border-radius: 12px;
    background: var(--_raised);
    box-shadow: var(--_shadow);
    color: inherit;
  }
  dialog.box.wide {
    --_dialog-width: 640px;
  }
  dialog.box.high {
    margin-block-start: 12vh;
  }
  dialog.box[open] {
    animation: taskflow-pop 180ms ease-out;
  }
  dialog.box::backdrop {
    background: rgb(10 14 24 / 40%);
  }
  .dialog-body {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 18px 20px 16px;
  }
  .dialog-body h2 {
    margin: 0;
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .dialog-body p {
    margin: 0;
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .dialog-body label {
    font-weight: 500;
  }
  .dialog-error {
    display: flex;
    gap: 6px;
    color: var(--_failed-fg);
    overflow-wrap: anywhere;
  }
  .dialog-error .icon {
    margin-block-start: 2px;
  }
  .dialog-actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-block-start: 4px;
  }
  .typed {
    inline-size: 100%;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .row .field {
    inline-size: 88px;
  }
  .row .when {
    inline-size: auto;
  }
  textarea {
    inline-size: 100%;
    min-block-size: 220px;
    resize: vertical;
    tab-size: 2;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  ul.issues {
    display: grid;
    gap: 4px;
    color: var(--_failed-fg);
    overflow-wrap: anywhere;
  }
  .keys {
    columns: 260px;
    column-gap: 32px;
  }
  .keys section {
    margin-block-end: 16px;
    break-inside: avoid;
  }
  .keys h3 {
    margin: 0 0 4px;
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
    font-weight: 500;
  }
  .keys dl,
  .keys dd,
  .keys dt {
    margin: 0;
  }
  .keys dl > div {
    display: flex;
    flex-direction: row-reverse;
    justify-content: space-between;
    gap: 12px;
    padding-block: 3px;
  }
  .keys dt {
    flex: none;
  }
  .entries {
    display: grid;
    max-block-size: min(420px, 60vh);
    overflow: auto;
  }
  .entries p {
    margin: 8px;
  }
  .entry {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 32px;
    padding: 2px 8px;
    border-radius: 6px;
    cursor: pointer;
  }
  .entry > .truncate {
    flex: 1;
  }
  .entry[aria-selected='true'] {
    background: var(--_hover);
    outline: 1px solid transparent;
  }
  @keyframes taskflow-pop {
    from {
      opacity: 0;
      transform: translateY(-4px);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    dialog.box[open] {
      animation: none;
    }
  }
`
