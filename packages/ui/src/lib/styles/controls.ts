import { css } from 'lit'

/** Buttons, links, fields, focus: shared by all elements that have controls. */
export const controls = css`
  a {
    color: var(--_accent-text);
    text-decoration: none;
  }
  a:hover {
    text-decoration: underline;
  }
  button,
  input,
  select,
  textarea {
    margin: 0;
    font: inherit;
    letter-spacing: inherit;
    color: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-block-size: var(--_control-height);
    padding-inline: 10px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
    transition: background var(--_duration) ease-out;
  }
  a.button:hover {
    text-decoration: none;
  }
  .button:hover {
    background: var(--_hover);
  }
  .button.primary {
    border-color: var(--_accent);
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .button.primary:hover {
    border-color: var(--_accent-hover);
    background: var(--_accent-hover);
  }
  .button.danger {
    border-color: var(--_danger);
    background: var(--_danger);
    color: #fff;
  }
  .button.danger:hover {
    background: color-mix(in oklab, var(--_danger), #000 12%);
  }
  .button.on {
    border-color: var(--_accent-text);
    background: var(--_selected);
  }
  .button:disabled,
  .button[aria-disabled='true'] {
    color: var(--_faint);
    background: var(--_surface);
    border-color: var(--_border);
    cursor: default;
  }
  .button.icon-only {
    inline-size: var(--_control-height);
    padding: 0;
  }
  .button.plain {
    border-color: transparent;
    background: none;
    color: var(--_muted);
  }
  .button.plain:hover {
    background: var(--_hover);
    color: var(--_text);
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--_accent-text);
    cursor: pointer;
  }
  .link:hover {
    text-decoration: underline;
  }
  .field {
    block-size: var(--_control-height);
    padding-inline: 8px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
  }
  .field:focus-visible,
  .field:focus-within {
    outline: 2px solid var(--_focus);
    outline-offset: -1px;
  }
  .select {
    position: relative;
    display: inline-flex;
  }
  .select select {
    appearance: none;
    block-size: var(--_control-height);
    max-inline-size: 220px;
    padding-inline: 10px 28px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    font-weight: 500;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  .select select:hover {
    background: var(--_hover);
  }
  .select .icon {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 8px;
    margin-block: auto;
    color: var(--_muted);
    pointer-events: none;
  }
  textarea.field {
    block-size: auto;
    padding-block: 8px;
  }
  .field[aria-invalid='true'] {
    border-color: var(--_failed-solid);
  }
  .check {
    appearance: none;
    flex: none;
    display: inline-grid;
    place-items: center;
    inline-size: 16px;
    block-size: 16px;
    border: 1px solid var(--_border-strong);
    border-radius: 4px;
    background: var(--_surface);
    cursor: pointer;
  }
  .check:checked,
  .check:indeterminate {
    border-color: var(--_accent);
    background: var(--_accent);
  }
  .check:checked::after {
    content: '';
    inline-size: 9px;
    block-size: 5px;
    margin-block-start: -3px;
    border: solid var(--_on-accent);
    border-width: 0 0 2px 2px;
    transform: rotate(-45deg);
  }
  .check:indeterminate::after {
    content: '';
    inline-size: 8px;
    border-block-start: 2px solid var(--_on-accent);
  }
  .check:disabled {
    visibility: hidden;
  }
  .segments {
    display: inline-flex;
    padding: 2px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  .segments > button {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    block-size: calc(var(--_control-height) - 6px);
    min-block-size: 22px;
    padding-inline: 8px;
    border: 0;
    border-radius: 4px;
    background: none;
    color: var(--_muted);
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
  }
  .segments > button:hover {
    color: var(--_text);
  }
  .segments > button[aria-pressed='true'] {
    background: var(--_hover);
    color: var(--_text);
    box-shadow: inset 0 0 0 1px var(--_border);
  }
  .segments .count {
    color: var(--_muted);
    font-size: 12px;
    font-weight: 400;
  }
  .mono {
    font: 12px / 18px var(--_font-mono);
  }
  .muted {
    color: var(--_muted);
  }
  .faint {
    color: var(--_faint);
  }
  .truncate {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .kbd {
    min-inline-size: 18px;
    padding-inline: 4px;
    border: 1px solid var(--_border);
    border-radius: 4px;
    background: var(--_surface);
    color: var(--_muted);
    font: 11px / 16px var(--_font-sans);
    text-align: center;
  }
  .chip-text {
    display: inline-block;
    padding-inline: 6px;
    border-radius: 4px;
    background: color-mix(in oklab, var(--_text) 7%, transparent);
    color: var(--_muted);
    font-size: 11px;
    line-height: 18px;
    white-space: nowrap;
  }
  .chip-text.adhoc {
    padding-inline: 8px;
    border-radius: 10px;
    box-shadow: inset 0 0 0 1px var(--_adhoc-line);
    background: var(--_adhoc-bg);
    color: var(--_adhoc-fg);
  }
  @media (forced-colors: active) {
    .chip-text {
      border: 1px solid;
    }
    .check {
      appearance: auto;
    }
    .check::after {
      content: none;
    }
    .segments > button[aria-pressed='true'],
    .button.on {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`
