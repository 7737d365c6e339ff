import { css } from 'lit'

/** The detail of a run: beside the list, over a part of it, or over all of it. */
export const paneStyles = css`
  .pane {
    position: relative;
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    min-block-size: 0;
    border-inline-start: 1px solid var(--_border);
    background: var(--_surface);
  }
  [data-mode='overlay'] .pane {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0;
    inline-size: min(var(--_pane-width, 480px), 60%);
    box-shadow: var(--_shadow);
    animation: taskflow-in 180ms ease-out;
  }
  .pane taskflow-run,
  .sheet taskflow-run {
    flex: 1;
  }
  .divider {
    position: absolute;
    inset-block: 0;
    inset-inline-start: -5px;
    inline-size: 9px;
    cursor: col-resize;
    touch-action: none;
  }
  .divider::after {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: 4px;
    inline-size: 2px;
    background: var(--_accent-text);
    opacity: 0;
    transition: opacity var(--_duration) ease-out;
  }
  .divider:hover::after,
  .divider:focus-visible::after {
    opacity: 1;
  }
  .divider:focus-visible {
    outline: 0;
  }
  .sheet {
    inline-size: min(560px, 100dvw);
    block-size: 100dvh;
    max-inline-size: none;
    max-block-size: none;
    margin: 0 0 0 auto;
    padding: 0;
    border: 0;
    background: var(--_surface);
    box-shadow: var(--_shadow);
    color: inherit;
    animation: taskflow-in 180ms ease-out;
  }
  .sheet:focus-visible {
    outline: 0;
  }
  .sheet[open] {
    display: flex;
    flex-direction: column;
  }
  .sheet::backdrop {
    background: rgb(10 14 24 / 40%);
  }
  @keyframes taskflow-in {
    from {
      opacity: 0;
      transform: translateX(16px);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .sheet,
    [data-mode='overlay'] .pane {
      animation: none;
    }
  }
`
