/** A node, or a place that an edge over several layers passes through. */
export interface Spot {
  id: string
  layer: number
  /** Index of the lane it stays in. */
  lane: number
  isPassage: boolean
  before: Spot[]
  after: Spot[]
  /** Across the layers: how much room it takes, and where it begins. */
  size: number
  at: number
}

/** Between two things of a layer. */
export const GAP = 28
const PASSAGE = 12
const SWEEPS = 6

/** A node in a layer. */
export function newSpot(id: string, layer: number, lane: number, size: number): Spot {
  return { id, layer, lane, isPassage: false, before: [], after: [], size, at: 0 }
}

/** Links two nodes by a spot in each layer between them. */
export function chain(
  { from, to }: { from: string; to: string },
  index: number,
  spots: Map<string, Spot>,
  turned: boolean,
): Spot[] {
  const [start, end] = [spots.get(turned ? to : from), spots.get(turned ? from : to)]
  if (!start || !end) return []
  const path = [start]
  for (let layer = start.layer + 1; layer < end.layer; layer++) {
    const spot = newSpot(`${index} ${layer}`, layer, start.lane, PASSAGE)
    spot.isPassage = true
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

/**
 * Orders each layer by the middle of what it is linked to, so that few edges cross. A lane stays
 * together; without lanes yet, all are in the first.
 */
export function order(spots: readonly Spot[]): Spot[][] {
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
      row.sort((a, b) => a.lane - b.lane || (middles.get(a) ?? 0) - (middles.get(b) ?? 0))
      for (const [at, spot] of row.entries()) index.set(spot, at)
    }
  }
  return rows
}

/** Moves the spots of one lane towards what they are linked to in it, and apart where they would touch. */
export function place(rows: readonly (readonly Spot[])[]): void {
  for (const row of rows) {
    let at = 0
    for (const spot of row) {
      spot.at = at
      at += spot.size + GAP
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0
    for (const row of down ? rows : rows.toReversed()) {
      const wanted = row.map((spot) => {
        const near = (down ? spot.before : spot.after).filter(({ lane }) => lane === spot.lane)
        const middles = near.map((one) => one.at + one.size / 2)
        return middle(middles, spot.at + spot.size / 2) - spot.size / 2
      })
      separate(row, wanted)
    }
  }
}

/** As near to where each wants to be as order and gaps let it. */
function separate(row: readonly Spot[], wanted: readonly number[]): void {
  let from = Number.NEGATIVE_INFINITY
  for (const [i, spot] of row.entries()) {
    spot.at = Math.max(wanted[i] ?? 0, from)
    from = spot.at + spot.size + GAP
  }
  // What was pushed down too far comes back up by half.
  const drift =
    row.reduce((sum, spot, i) => sum + spot.at - (wanted[i] ?? 0), 0) / (row.length || 1)
  for (const spot of row) spot.at = Math.round(spot.at - drift / 2)
}

function middle(values: readonly number[], otherwise: number): number {
  if (values.length === 0) return otherwise
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
