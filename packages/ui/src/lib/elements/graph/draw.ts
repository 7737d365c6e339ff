import { nothing, svg } from 'lit'
import { visibleText } from '../../format/visible-text.ts'
import { type Direction, edgePath, type Frame, type Point } from './layout.ts'
import type { GraphEdge } from './model.ts'

/** A line with its head, and its words beside that. */
export function drawEdge(
  { state, label }: GraphEdge,
  points: readonly Point[],
  direction: Direction,
) {
  const [start, end] = [points[0], points.at(-1)]
  if (!start || !end) return nothing
  const down = direction === 'tb'
  const back = (down ? end.y < start.y : end.x < start.x) ? -1 : 1
  const head = down
    ? `M${end.x - 5} ${end.y - 7 * back}L${end.x} ${end.y - 1}L${end.x + 5} ${end.y - 7 * back}`
    : `M${end.x - 7 * back} ${end.y - 5}L${end.x - 1} ${end.y}L${end.x - 7 * back} ${end.y + 5}`
  const beside = down
    ? { x: end.x + 10, y: end.y - 14 * back, anchor: 'start' }
    : { x: end.x - 14 * back, y: end.y - 8, anchor: back > 0 ? 'end' : 'start' }
  return svg`<path class="edge" part="edge" data-state=${state} d=${edgePath(points, direction)} />
    <path class="edge" data-state=${state === 'waiting' ? 'plain' : state} d=${head} />
    ${label ? svg`<text class="edge-label" data-state=${state} x=${beside.x} y=${beside.y} text-anchor=${beside.anchor}>${label}</text>` : nothing}`
}

/** The box around a group, with its name. */
export function drawFrame({ group, x, y, width, height }: Frame) {
  return svg`<rect class="frame" part="frame" data-group=${group} x=${x} y=${y} width=${width} height=${height} rx="12" />
    <text class="frame-name" x=${x + 14} y=${y + 22}>${visibleText(group)}</text>`
}
