import { css, unsafeCSS } from 'lit'
import { STATUS_COLOURS } from './token-values.ts'

const colours = Object.keys(STATUS_COLOURS)
  .map(
    (name) =>
      `[data-status='${name}']{--_fg:var(--_${name}-fg);--_bg:var(--_${name}-bg);--_line:var(--_${name}-line);--_solid:var(--_${name}-solid)}`,
  )
  .join('\n')

/** Icons and status marks: `.icon`, `.status` (icon and word), `.badge`, `.dot`. */
export const statusStyles = css`
  ${unsafeCSS(colours)}
  .icon {
    flex: none;
    display: block;
    inline-size: 16px;
    block-size: 16px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon.small {
    inline-size: 14px;
    block-size: 14px;
  }
  .status {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--_fg);
    vertical-align: middle;
    white-space: nowrap;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    block-size: 20px;
    padding-inline: 6px 8px;
    border: 1px solid var(--_line);
    border-radius: 10px;
    background: var(--_bg);
    color: var(--_fg);
    font-size: 12px;
    line-height: 16px;
    white-space: nowrap;
  }
  .badge .icon {
    inline-size: 14px;
    block-size: 14px;
  }
  .dot {
    flex: none;
    display: inline-block;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--_solid);
  }
  .icon.spins {
    animation: taskflow-turn 1.2s linear infinite;
  }
  @keyframes taskflow-turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .icon.spins {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .dot {
      background: CanvasText;
    }
  }
`
