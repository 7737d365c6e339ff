import { css } from 'lit'

/** Popovers: raised, in the top layer, at most as large as the window. */
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
  @media (prefers-reduced-motion: reduce) {
    [popover].overlay:popover-open {
      animation: none;
    }
  }
`
