/** What is to be laid out: nodes by id, and edges between them. */
export interface LayoutInput {
  ids: readonly string[]
  edges: readonly { from: string; to: string }[]
}

/** Where things are, in pixels; left to right. */
export interface Layout {
  width: number
  height: number
  /** Top left corners. */
  nodes: ReadonlyMap<string, { x: number; y: number }>
  /** For each edge of the input, the points that it passes; it begins and ends at its nodes. */
  edges: readonly (readonly { x: number; y: number }[])[]
}

export const NODE_WIDTH = 216
export const NODE_HEIGHT = 68
const PITCH_X = 308
const GAP_Y = 28
const SWEEPS = 6

/** A node, or a place that an edge over several layers passes through. */
interface Spot {
  id: string
  layer: number
  before: Spot[]
  after: Spot[]
  height: number
  y: number
}

/**
 * Lays out a graph in layers: what depends on something stands to its right. Edges that span layers
 * get room of their own, so that they cross no node; those that close a circle run backwards.
 * Nodes without edges stand in rows below.
 */
export function layOut({ ids, edges }: LayoutInput): Layout {
  const known = new Set(ids)
  const real = edges.map(({ from, to }) => known.has(from) && known.has(to) && from !== to)
  const linked = new Set(edges.flatMap(({ from, to }, i) => (real[i] ? [from, to] : [])))
  const turned = backEdges(
    [...linked],
    edges.filter((_, i) => real[i]),
  )
  const layers = layersOf(
    [...linked],
    edges.filter((_, i) => real[i]),
    turned,
  )
  const spots = new Map<string, Spot>()
  for (const id of linked) spots.set(id, newSpot(id, layers.get(id) ?? 0, NODE_HEIGHT))
  const paths = edges.map((edge, i) => (real[i] ? chain(edge, i, spots, turned.has(edge)) : []))
  const rows = order([...spots.values()])
  place(rows)
  const shift = Math.min(0, ...[...spots.values()].map(({ y }) => y))
  for (const spot of spots.values()) spot.y -= shift

  const nodes = new Map<string, { x: number; y: number }>()
  for (const id of linked) {
    const spot = spots.get(id)
    if (spot) nodes.set(id, { x: spot.layer * PITCH_X, y: spot.y })
  }
  const bottom = Math.max(0, ...[...spots.values()].map(({ y, height }) => y + height))
  const size = addAlone(
    ids.filter((id) => !linked.has(id)),
    nodes,
    rows.length,
    bottom,
  )
  return {
    ...size,
    nodes,
    edges: paths.map((path, i) => pointsOf(path, turned.has(edges[i] ?? edges[0] ?? none))),
  }
}

const none = { from: '', to: '' }

function newSpot(id: string, layer: number, height: number): Spot {
  return { id, layer, before: [], after: [], height, y: 0 }
}

function bySource(edges: LayoutInput['edges']): Map<string, { from: string; to: string }[]> {
  const out = new Map<string, { from: string; to: string }[]>()
  for (const edge of edges) {
    const known = out.get(edge.from)
    if (known) known.push(edge)
    else out.set(edge.from, [edge])
  }
  return out
}

/** Edges that lead back to where a walk came from: turned around, no circle is left. */
function backEdges(ids: readonly string[], edges: LayoutInput['edges']): Set<object> {
  const out = bySource(edges)
  const state = new Map<string, 'open' | 'done'>()
  const turned = new Set<object>()
  for (const start of ids) {
    if (state.has(start)) continue
    // Without recursion: a chain may be long.
    const stack = [{ id: start, at: 0 }]
    state.set(start, 'open')
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = out.get(top.id)?.[top.at++]
      if (!edge) {
        state.set(top.id, 'done')
        stack.pop()
      } else if (state.get(edge.to) === 'open') turned.add(edge)
      else if (!state.has(edge.to)) {
        state.set(edge.to, 'open')
        stack.push({ id: edge.to, at: 0 })
      }
    }
  }
  return turned
}

/** The longest way from a start decides the layer. */
function layersOf(
  ids: readonly string[],
  edges: LayoutInput['edges'],
  turned: ReadonlySet<object>,
): Map<string, number> {
  const forward = edges.map((edge) => (turned.has(edge) ? { from: edge.to, to: edge.from } : edge))
  const out = bySource(forward)
  const waits = new Map(ids.map((id) => [id, 0]))
  for (const { to } of forward) waits.set(to, (waits.get(to) ?? 0) + 1)
  const layers = new Map(ids.map((id) => [id, 0]))
  const ready = ids.filter((id) => waits.get(id) === 0)
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    for (const { to } of out.get(id) ?? []) {
      layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(id) ?? 0) + 1))
      const left = (waits.get(to) ?? 0) - 1
      waits.set(to, left)
      if (left === 0) ready.push(to)
    }
  }
  return layers
}

/** Links two nodes by a spot in each layer between them. */
function chain(
  { from, to }: { from: string; to: string },
  index: number,
  spots: Map<string, Spot>,
  turned: boolean,
): Spot[] {
  const [start, end] = [spots.get(turned ? to : from), spots.get(turned ? from : to)]
  if (!start || !end) return []
  const path = [start]
  for (let layer = start.layer + 1; layer < end.layer; layer++) {
    const spot = newSpot(`${index} ${layer}`, layer, 12)
    spots.set(spot.id, spot)
    path.push(spot)
  }
  path.push(end)
  for (const [i, spot] of path.entries()) {
    const next = path[i + 1]
    if (!next) continue
    spot.after.push(next)
    next.before.push(spot)
  }
  return path
}

/** Orders each layer by the middle of what it is linked to, so that few edges cross. */
function order(spots: readonly Spot[]): Spot[][] {
  const rows: Spot[][] = []
  for (const spot of spots) {
    rows[spot.layer] ??= []
    rows[spot.layer]?.push(spot)
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0
    const index = new Map(rows.flatMap((row) => row.map((spot, at) => [spot, at] as const)))
    for (const row of down ? rows : rows.toReversed()) {
      const middles = new Map(
        row.map((spot, at) => [
          spot,
          middle(
            (down ? spot.before : spot.after).map((one) => index.get(one) ?? 0),
            at,
          ),
        ]),
      )
      row.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0))
      for (const [at, spot] of row.entries()) index.set(spot, at)
    }
  }
  return rows
}

/** Moves everything towards what it is linked to, and apart again where it would touch. */
function place(rows: readonly (readonly Spot[])[]): void {
  for (const row of rows) {
    let y = 0
    for (const spot of row) {
      spot.y = y
      y += spot.height + GAP_Y
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0
    for (const row of down ? rows : rows.toReversed()) {
      const wanted = row.map((spot) => {
        const near = (down ? spot.before : spot.after).map((one) => one.y + one.height / 2)
        return middle(near, spot.y + spot.height / 2) - spot.height / 2
      })
      separate(row, wanted)
    }
  }
}

/** As near to where each wants to be as order and gaps let it. */
function separate(row: readonly Spot[], wanted: readonly number[]): void {
  let from = Number.NEGATIVE_INFINITY
  for (const [i, spot] of row.entries()) {
    spot.y = Math.max(wanted[i] ?? 0, from)
    from = spot.y + spot.height + GAP_Y
  }
  // What was pushed down too far comes back up by half.
  const drift = row.reduce((sum, spot, i) => sum + spot.y - (wanted[i] ?? 0), 0) / (row.length || 1)
  for (const spot of row) spot.y = Math.round(spot.y - drift / 2)
}

function middle(values: readonly number[], otherwise: number): number {
  if (values.length === 0) return otherwise
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Nodes without edges, in rows below the others, about as wide as they are. */
function addAlone(
  ids: readonly string[],
  nodes: Map<string, { x: number; y: number }>,
  layers: number,
  bottom: number,
): { width: number; height: number } {
  const wide = Math.max((layers - 1) * PITCH_X + NODE_WIDTH, layers === 0 ? 0 : NODE_WIDTH)
  const pitch = NODE_WIDTH + GAP_Y
  const count = Math.min(Math.max(1, ids.length), Math.max(4, Math.floor((wide + GAP_Y) / pitch)))
  const top = layers === 0 ? 0 : bottom + GAP_Y * 2
  for (const [i, id] of ids.entries()) {
    nodes.set(id, {
      x: (i % count) * pitch,
      y: top + Math.floor(i / count) * (NODE_HEIGHT + GAP_Y),
    })
  }
  if (ids.length === 0) return { width: wide, height: bottom }
  const rows = Math.ceil(ids.length / count)
  return {
    width: Math.max(wide, count * pitch - GAP_Y),
    height: top + rows * (NODE_HEIGHT + GAP_Y) - GAP_Y,
  }
}

function pointsOf(path: readonly Spot[], turned: boolean): { x: number; y: number }[] {
  const points = path.flatMap((spot, i) => {
    const x = spot.layer * PITCH_X
    const y = spot.y + spot.height / 2
    if (i === 0) return [{ x: x + NODE_WIDTH, y }]
    if (i === path.length - 1) return [{ x, y }]
    // Past the nodes of its layer, straight.
    return [
      { x, y },
      { x: x + NODE_WIDTH, y },
    ]
  })
  return turned ? points.toReversed() : points
}

/** The points of an edge as an SVG path: straight within layers, curved between them. */
export function edgePath(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  let [x, y] = [first.x, first.y]
  const parts = [`M${x} ${y}`]
  for (const to of rest) {
    const half = (to.x - x) / 2
    parts.push(to.y === y ? `H${to.x}` : `C${x + half} ${y} ${to.x - half} ${to.y} ${to.x} ${to.y}`)
    x = to.x
    y = to.y
  }
  return parts.join('')
}
