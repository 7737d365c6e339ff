import { css } from 'lit'

/** Empty states, banners and skeletons. */
export const notices = css`
  .empty {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 8px;
    padding: 56px 24px;
    text-align: center;
  }
  .empty .tile {
    display: grid;
    place-items: center;
    inline-size: 36px;
    block-size: 36px;
    margin-block-end: 4px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_surface);
    color: var(--_muted);
  }
  .empty h2 {
    margin: 0;
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
  }
  .empty p {
    max-inline-size: 480px;
    margin: 0;
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .snippet {
    display: flex;
    align-items: center;
    gap: 8px;
    max-inline-size: 100%;
    margin-block-start: 8px;
    padding: 10px 8px 10px 14px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_sunken);
    text-align: start;
    overflow-wrap: anywhere;
  }
  .banner {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    padding: 8px 16px;
    border-block-end: 1px solid var(--_line, var(--_border));
    background: var(--_bg, var(--_hover));
  }
  .banner .icon {
    color: var(--_fg, var(--_muted));
  }
  .banner.success {
    --_bg: var(--_success-bg);
    --_fg: var(--_success-fg);
    --_line: var(--_success-line);
  }
  .banner.failed {
    --_bg: var(--_failed-bg);
    --_fg: var(--_failed-fg);
    --_line: var(--_failed-line);
  }
  .banner.warning {
    --_bg: var(--_interrupted-bg);
    --_fg: var(--_interrupted-fg);
    --_line: var(--_interrupted-line);
  }
  .banner .grow {
    flex: 1;
  }
  .skeleton {
    opacity: 0;
    animation: taskflow-appear 0s 150ms forwards;
  }
  .skeleton span {
    display: block;
    block-size: 10px;
    border-radius: 4px;
    background: var(--_border);
    opacity: 0.6;
  }
  @keyframes taskflow-appear {
    to {
      opacity: 1;
    }
  }
`
