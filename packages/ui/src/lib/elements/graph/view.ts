/** What part of the graph is seen: `scale` times the graph, moved by `x` and `y`. */
export interface View {
  x: number
  y: number
  scale: number
}

const LEAST = 0.1
const MOST = 2.5
/** Below it the small text of a box, 12 px, is hard to read. */
const READABLE = 11 / 12
/** Boxes narrower than this are phones. */
const NARROW = 600
const EDGE = 24
/** What the legend stands on. */
const FOOT = 40

/** All of the graph, in the middle; never larger than life. */
export function fitView(
  graph: { width: number; height: number },
  box: { width: number; height: number },
): View {
  const scale = Math.max(
    LEAST,
    Math.min(
      1,
      (box.width - 2 * EDGE) / Math.max(1, graph.width),
      (box.height - 2 * EDGE - FOOT) / Math.max(1, graph.height),
    ),
  )
  return {
    scale,
    x: (box.width - graph.width * scale) / 2,
    y: (box.height - FOOT - graph.height * scale) / 2,
  }
}

/** All of the graph; on a phone, where that cannot be read, the part around a rectangle. */
export function startView(
  graph: { width: number; height: number },
  rect: { x: number; y: number; width: number; height: number } | undefined,
  box: { width: number; height: number },
): View {
  const all = fitView(graph, box)
  if (all.scale >= READABLE || box.width >= NARROW) return all
  const foot = box.height - FOOT
  const start = (size: number, from: number, length: number, room: number) =>
    size * READABLE <= room - 2 * EDGE
      ? (room - size * READABLE) / 2
      : Math.min(
          EDGE,
          Math.max(room - EDGE - size * READABLE, room / 2 - (from + length / 2) * READABLE),
        )
  return {
    scale: READABLE,
    x: start(graph.width, rect?.x ?? 0, rect?.width ?? 0, box.width),
    y: start(graph.height, rect?.y ?? 0, rect?.height ?? 0, foot),
  }
}

/** Closer or further; the point `at` stays where it is. */
export function zoomView(view: View, factor: number, at: { x: number; y: number }): View {
  const scale = Math.min(MOST, Math.max(LEAST, view.scale * factor))
  const change = scale / view.scale
  return { scale, x: at.x - (at.x - view.x) * change, y: at.y - (at.y - view.y) * change }
}

/** Moved just so far that a rectangle of the graph is seen. */
export function reveal(
  view: View,
  rect: { x: number; y: number; width: number; height: number },
  box: { width: number; height: number },
): View {
  const left = rect.x * view.scale + view.x
  const top = rect.y * view.scale + view.y
  const right = left + rect.width * view.scale
  const bottom = top + rect.height * view.scale
  const dx = left < EDGE ? EDGE - left : right > box.width - EDGE ? box.width - EDGE - right : 0
  const dy = top < EDGE ? EDGE - top : bottom > box.height - EDGE ? box.height - EDGE - bottom : 0
  return { ...view, x: view.x + dx, y: view.y + dy }
}
