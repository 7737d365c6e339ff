import { type Block, placeBlocks } from './blocks.ts'
import { backEdges, type Link, layersOf } from './layers.ts'
import { chain, GAP, newSpot, order, place, type Spot } from './spots.ts'

/** What is to be laid out: nodes by id, and edges between them. */
export interface LayoutInput {
  ids: readonly string[]
  edges: readonly Link[]
  /** What a node belongs to; null, or not there: to nothing. [no groups] */
  groups?: ReadonlyMap<string, string | null>
  /** Where edges lead: to the right, or down. [`lr`] */
  direction?: Direction
}

export type Direction = 'lr' | 'tb'

export interface Point {
  x: number
  y: number
}

/** Around the nodes of a group. */
export interface Frame extends Point {
  group: string
  width: number
  height: number
}

/** Where things are, in pixels. */
export interface Layout {
  direction: Direction
  width: number
  height: number
  /** Top left corners. */
  nodes: ReadonlyMap<string, Point>
  /** For each edge of the input, the points that it passes; it begins and ends at its nodes. */
  edges: readonly (readonly Point[])[]
  frames: readonly Frame[]
}

export const NODE_WIDTH = 216
export const NODE_HEIGHT = 68
/** From a frame to what is in it, and what its name needs above that. */
const PADDING = 14
const NAME = 24
/** What has no edges is put so that the whole is about so many times as wide as high. */
const SHAPE = 2

/** Sizes along the edges and across them: what is the width of one direction is the other's height. */
const SIZES = {
  lr: { along: NODE_WIDTH, across: NODE_HEIGHT, pitch: 308 },
  tb: { along: NODE_HEIGHT, across: NODE_WIDTH, pitch: 148 },
}
type Sizes = (typeof SIZES)[Direction]

/**
 * Lays out a graph in layers: what depends on something stands after it. Edges that span layers
 * get room of their own, so that they cross no node; those that close a circle run backwards.
 * Each group has a lane across the layers, and a frame there; its nodes without edges stand at its
 * end. Lanes without any edge stand beside the others.
 */
export function layOut({ ids, edges, groups, direction = 'lr' }: LayoutInput): Layout {
  const sizes = SIZES[direction]
  const known = new Set(ids)
  const isReal = ({ from, to }: Link) => known.has(from) && known.has(to) && from !== to
  const real = edges.filter(isReal)
  const linked = [...new Set(real.flatMap(({ from, to }) => [from, to]))]
  const turned = backEdges(linked, real)
  const layers = layersOf(linked, real, turned)
  const lanes = lanesOf(ids, groups, layers)
  const laneOf = new Map(lanes.flatMap((lane, at) => lane.ids.map((id) => [id, at] as const)))

  const spots = new Map<string, Spot>()
  for (const id of linked) {
    const spot = newSpot(id, layers.get(id) ?? 0, laneOf.get(id) ?? 0, sizes.across)
    spots.set(id, spot)
  }
  const paths = edges.map((edge, i) =>
    isReal(edge) ? chain(edge, i, spots, turned.has(edge)) : [],
  )
  const rows = order([...spots.values()])

  const nodes = new Map<string, Point>()
  const frames: Frame[] = []
  const isApart = ({ ids: own }: Lane) => own.every((id) => !spots.has(id))
  let end = 0
  for (const [index, lane] of lanes.entries()) {
    if (isApart(lane)) continue
    const { group, ids: own } = lane
    const framed = group !== null
    const start = end + (framed ? marginOf(direction).before.across : 0)
    const alone = own.filter((id) => !spots.has(id))
    end = placeLane(rows, index, start, nodes, sizes)
    end = placeAlone(alone, rows.length, end + GAP, nodes, sizes) ?? end
    if (framed) {
      frames.push(frameOf(group, own, nodes, direction))
      end += PADDING
    }
    end += GAP
  }
  const apart = lanes.filter(isApart)
  placeApart(apart, nodes, frames, direction)
  for (const { group, ids: own } of apart) {
    if (group !== null) frames.push(frameOf(group, own, nodes, direction))
  }
  const layout = {
    nodes,
    frames,
    edges: paths.map((path, i) => pointsOf(path, turned.has(edges[i] as Link), sizes)),
  }
  return shifted(direction === 'lr' ? layout : transposed(layout), direction)
}

interface Lane {
  group: string | null
  ids: string[]
}

/** Groups whose nodes come early stand first, what belongs to none comes last. */
function lanesOf(
  ids: readonly string[],
  groups: LayoutInput['groups'],
  layers: ReadonlyMap<string, number>,
): Lane[] {
  const lanes = new Map<string | null, string[]>()
  for (const id of ids) {
    const group = groups?.get(id) ?? null
    const lane = lanes.get(group)
    if (lane) lane.push(id)
    else lanes.set(group, [id])
  }
  const all = [...lanes].map(([group, own]) => {
    const linked = own.flatMap((id) => layers.get(id) ?? [])
    const depth = linked.reduce((sum, layer) => sum + layer, 0) / linked.length
    return { group, ids: own, rank: group === null ? 1e9 : linked.length > 0 ? depth : 1e6 }
  })
  return all.sort((a, b) => a.rank - b.rank)
}

/** Puts what is linked into its lane; returns where it ends. */
function placeLane(
  rows: readonly (readonly Spot[])[],
  lane: number,
  start: number,
  nodes: Map<string, Point>,
  { pitch }: Sizes,
): number {
  const own = rows.map((row) => row.filter((spot) => spot.lane === lane))
  place(own)
  const all = own.flat()
  const least = Math.min(...all.map(({ at }) => at))
  let end = start
  for (const spot of all) {
    spot.at += start - least
    end = Math.max(end, spot.at + spot.size)
    if (!spot.isPassage) nodes.set(spot.id, { x: spot.layer * pitch, y: spot.at })
  }
  return end
}

/**
 * Nodes of a lane without edges of their own, in the columns of the layers, between which edges of
 * other lanes may pass. Returns where they end; null without any.
 */
function placeAlone(
  ids: readonly string[],
  layers: number,
  start: number,
  nodes: Map<string, Point>,
  { across, pitch }: Sizes,
): number | null {
  if (ids.length === 0) return null
  for (const [i, id] of ids.entries()) {
    const y = start + Math.floor(i / layers) * (across + GAP)
    nodes.set(id, { x: (i % layers) * pitch, y })
  }
  return start + Math.ceil(ids.length / layers) * (across + GAP) - GAP
}

/** Lanes without any edge, beside all the others. */
function placeApart(
  lanes: readonly Lane[],
  nodes: Map<string, Point>,
  frames: readonly Frame[],
  direction: Direction,
): void {
  const { along, across } = SIZES[direction]
  const boxes = [
    ...[...nodes.values()].map((at) => ({ ...at, width: along, height: across })),
    ...frames,
  ]
  const left = Math.min(0, ...boxes.map(({ x }) => x))
  const top = Math.min(0, ...boxes.map(({ y }) => y))
  const taken = {
    along: Math.max(0, ...boxes.map(({ x, width }) => x + width)) - left,
    across: Math.max(0, ...boxes.map(({ y, height }) => y + height)) - top,
  }
  const blocks = lanes.map(
    ({ group, ids }): Block => ({ ids, margin: group === null ? NO_MARGIN : marginOf(direction) }),
  )
  const places = placeBlocks(blocks, taken, {
    step: { along: along + GAP, across: across + GAP },
    gap: GAP,
    shape: direction === 'lr' ? SHAPE : 1 / SHAPE,
  })
  for (const [id, at] of places) nodes.set(id, { x: left + at.along, y: top + at.across })
}

const NO_MARGIN: Block['margin'] = {
  before: { along: 0, across: 0 },
  after: { along: 0, across: 0 },
}

/** Between a frame and its nodes; the name is on top, which is across the layers or before them. */
function marginOf(direction: Direction): Block['margin'] {
  const before =
    direction === 'lr'
      ? { along: PADDING, across: PADDING + NAME }
      : { along: PADDING + NAME, across: PADDING }
  return { before, after: { along: PADDING, across: PADDING } }
}

/** Still with the layers along x, whatever the direction. */
function frameOf(
  group: string,
  ids: readonly string[],
  nodes: ReadonlyMap<string, Point>,
  direction: Direction,
): Frame {
  const { along, across } = SIZES[direction]
  const own = ids.flatMap((id) => nodes.get(id) ?? [])
  const { before } = marginOf(direction)
  const x = Math.min(...own.map((at) => at.x)) - before.along
  const y = Math.min(...own.map((at) => at.y)) - before.across
  const right = Math.max(...own.map((at) => at.x)) + along + PADDING
  const bottom = Math.max(...own.map((at) => at.y)) + across + PADDING
  return { group, x, y, width: right - x, height: bottom - y }
}

function pointsOf(path: readonly Spot[], turned: boolean, { along, pitch }: Sizes): Point[] {
  const points = path.flatMap((spot, i) => {
    const x = spot.layer * pitch
    const y = spot.at + spot.size / 2
    if (i === 0) return [{ x: x + along, y }]
    if (i === path.length - 1) return [{ x, y }]
    // Past the nodes of its layer, straight.
    return [
      { x, y },
      { x: x + along, y },
    ]
  })
  return turned ? points.toReversed() : points
}

type Drawing = Pick<Layout, 'nodes' | 'edges' | 'frames'>

function moved({ nodes, edges, frames }: Drawing, to: (at: Point) => Point): Drawing {
  return {
    nodes: new Map([...nodes].map(([id, at]) => [id, to(at)])),
    edges: edges.map((points) => points.map(to)),
    frames: frames.map((frame) => ({ ...frame, ...to(frame) })),
  }
}

function transposed(drawing: Drawing): Drawing {
  const { nodes, edges, frames } = moved(drawing, ({ x, y }) => ({ x: y, y: x }))
  const turnedFrames = frames.map((one) => ({ ...one, width: one.height, height: one.width }))
  return { nodes, edges, frames: turnedFrames }
}

/** So that nothing stands outside of its width and height. */
function shifted(drawing: Drawing, direction: Direction): Layout {
  const boxes = [
    ...[...drawing.nodes.values()].map((at) => ({ ...at, width: NODE_WIDTH, height: NODE_HEIGHT })),
    ...drawing.frames,
  ]
  if (boxes.length === 0) return { ...drawing, direction, width: 0, height: 0 }
  const left = Math.min(...boxes.map(({ x }) => x))
  const top = Math.min(...boxes.map(({ y }) => y))
  const all = [...boxes, ...drawing.edges.flat().map((at) => ({ ...at, width: 0, height: 0 }))]
  const right = Math.max(...all.map(({ x, width }) => x + width))
  const bottom = Math.max(...all.map(({ y, height }) => y + height))
  const inside = moved(drawing, ({ x, y }) => ({ x: x - left, y: y - top }))
  return { ...inside, direction, width: right - left, height: bottom - top }
}

/** The points of an edge as an SVG path: straight within layers, curved between them. */
export function edgePath(points: readonly Point[], direction: Direction): string {
  const [first, ...rest] = points
  if (!first) return ''
  let [x, y] = [first.x, first.y]
  const parts = [`M${x} ${y}`]
  for (const to of rest) {
    if (direction === 'lr') {
      const half = (to.x - x) / 2
      parts.push(
        to.y === y ? `H${to.x}` : `C${x + half} ${y} ${to.x - half} ${to.y} ${to.x} ${to.y}`,
      )
    } else {
      const half = (to.y - y) / 2
      parts.push(
        to.x === x ? `V${to.y}` : `C${x} ${y + half} ${to.x} ${to.y - half} ${to.x} ${to.y}`,
      )
    }
    x = to.x
    y = to.y
  }
  return parts.join('')
}
