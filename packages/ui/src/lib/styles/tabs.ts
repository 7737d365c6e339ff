import { css } from 'lit'

/** Tab bars: of the dashboard (links) and of a run (buttons). */
export const tabStyles = css`
  .tabs {
    flex: none;
    display: flex;
    gap: 20px;
    overflow-x: auto;
    padding-inline: 16px;
    border-block-end: 1px solid var(--_border);
    scrollbar-width: none;
  }
  .tab {
    position: relative;
    flex: none;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    block-size: 36px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--_muted);
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
    transition: color var(--_duration) ease-out;
  }
  .tab:hover {
    color: var(--_text);
    text-decoration: none;
  }
  .tab[aria-selected='true'],
  .tab[aria-current='page'] {
    color: var(--_text);
  }
  .tab[aria-selected='true']::after,
  .tab[aria-current='page']::after {
    content: '';
    position: absolute;
    /* Not over the border: what scrolls is cut there. */
    inset: auto 0 0;
    border-block-end: 2px solid var(--_accent-text);
  }
  .tab:focus-visible {
    outline-offset: -4px;
    border-radius: 8px;
  }
  .tab .count {
    color: var(--_muted);
    font-size: 12px;
    font-weight: 400;
  }
`
