import { css } from 'lit'

/** A plane with dots; boxes as elsewhere, lines by what they mean. */
export const graphStyles = css`
  .plane {
    position: relative;
    block-size: 560px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    overflow: hidden;
    background: var(--_surface);
    direction: ltr;
  }
  .plane > svg {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  .plane > svg[data-drag] {
    cursor: grabbing;
  }
  .frame {
    fill: color-mix(in oklab, var(--_hover) 55%, transparent);
    stroke: var(--_border);
  }
  .frame-name {
    fill: var(--_muted);
    font: 500 12px / 16px var(--_font-sans);
  }
  .node {
    cursor: pointer;
    outline: none;
  }
  .node .box {
    fill: var(--_raised);
    stroke: var(--_border-strong);
  }
  /* Within an svg it would turn about the corner. */
  .node .icon.spins {
    transform-origin: 8px 8px;
  }
  .node[data-status='failed'] .box {
    stroke: var(--_failed-solid);
  }
  .node[data-status='blocked'] .box {
    stroke-dasharray: 4 3;
  }
  .node:hover .box {
    fill: var(--_hover);
  }
  .node:focus-visible .ring {
    stroke: var(--_focus);
  }
  .ring {
    fill: none;
    stroke: none;
    stroke-width: 2;
  }
  .node text {
    fill: var(--_text);
    font: 500 13px / 20px var(--_font-sans);
  }
  .node .text {
    fill: var(--_fg);
    font: 400 12px / 16px var(--_font-sans);
  }
  .node .icon {
    color: var(--_fg);
  }
  .edge {
    fill: none;
    stroke: var(--_border-strong);
    stroke-width: 1.5;
  }
  .edge[data-state='failed'] {
    stroke: var(--_failed-solid);
    stroke-width: 2;
  }
  .edge[data-state='waiting'] {
    stroke: var(--_blocked-solid);
    stroke-dasharray: 5 4;
  }
  .edge[data-state='active'] {
    stroke: var(--_running-solid);
  }
  .edge-label {
    fill: var(--_muted);
    stroke: var(--_surface);
    stroke-width: 4px;
    paint-order: stroke;
    font: 12px / 16px var(--_font-sans);
  }
  .edge-label[data-state='failed'] {
    fill: var(--_failed-fg);
  }
  .zoom {
    position: absolute;
    inset-block-end: 12px;
    right: 12px;
    display: flex;
    flex-direction: column;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_raised);
  }
  .zoom .button {
    inline-size: 32px;
    block-size: 32px;
  }
  .legend {
    position: absolute;
    inset-block-end: 12px;
    left: 12px;
    display: flex;
    flex-wrap: wrap;
    gap: 4px 14px;
    padding: 6px 12px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_raised);
    font-size: 12px;
    line-height: 16px;
  }
  .legend .icon {
    inline-size: 14px;
    block-size: 14px;
  }
  @container (max-width: 899px) {
    .plane {
      block-size: 460px;
    }
    .legend {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .edge,
    .frame,
    .node .box {
      stroke: CanvasText;
    }
    .node text,
    .frame-name,
    .edge-label {
      fill: CanvasText;
    }
  }
`
