import { css } from 'lit'

/** Popovers and dialogs: raised, in the top layer, at most as large as the window. */
export const overlayStyles = css`
  [popover].overlay {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 6px;
    max-inline-size: calc(100vw - 16px);
    max-block-size: min(420px, calc(100vh - 16px));
    overflow: auto;
    border: 1px solid var(--_border);
    border-radius: 10px;
    background: var(--_raised);
    box-shadow: var(--_shadow);
    color: inherit;
    overscroll-behavior: contain;
  }
  [popover].overlay:popover-open {
    animation: taskflow-pop 120ms ease-out;
  }
  @keyframes taskflow-pop {
    from {
      opacity: 0;
      transform: translateY(-4px);
    }
  }
  .overlay-title {
    margin: 0;
    padding: 4px 8px;
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
    font-weight: 400;
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
  @media (prefers-reduced-motion: reduce) {
    [popover].overlay:popover-open,
    dialog.box[open] {
      animation: none;
    }
  }
`
